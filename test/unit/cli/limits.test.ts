import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type CappedRun, readCap } from '../../../src/cli/limits.ts'
import { capFile } from '../../../src/gate/cap-file.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const NO_COUNTS = { outputTokens: null, calls: null, seconds: null, usd: null }
const cap = (agent: string, model: string, totalTokens: number) => ({
  ...{ task: 'a.md', agent, model },
  limits: { ...NO_COUNTS, totalTokens },
})

async function capOf(caps: readonly ReturnType<typeof cap>[], run: Partial<CappedRun>) {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'cap.json'), JSON.stringify(capFile('budget.json', caps)))
  const { totalTokens } = await readCap('cap.json', cwd, { task: null, agent: null, model: null, ...run })
  return totalTokens
}

describe('the cap of a run', () => {
  const caps = [cap('openhands', 'gpt-5', 1), cap('openhands', 'claude-sonnet-4-5', 2)]

  it('is found by the names that the client and the provider give the model and the agent', async () => {
    for (const model of ['gpt-5', 'openai/gpt-5', 'gpt-5-2025-08-07'])
      assert.equal(await capOf(caps, { model, agent: 'OpenHands 0.50' }), 1)
    assert.equal(await capOf(caps, { model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' }), 2)
  })

  it('is that of the very name where there is one', async () => {
    const dated = [cap('openhands', 'gpt-5', 1), cap('openhands', 'gpt-5-2025-08-07', 3)]
    assert.equal(await capOf(dated, { model: 'gpt-5-2025-08-07' }), 3)
    await assert.rejects(capOf(dated, { model: 'openai/gpt-5' }), /2 of the 2 caps/)
  })

  it('is not guessed: none or several are a mistake that names those there are', async () => {
    const fails = (run: Partial<CappedRun>, found: number) =>
      assert.rejects(capOf(caps, run), {
        message: new RegExp(`${found} of the 2 caps in cap\\.json are for this run`),
      })
    await fails({}, 2)
    await fails({ model: 'gpt-5-mini' }, 0)
    await fails({ agent: 'codex', model: 'gpt-5' }, 0)
    await fails({ task: 'b.md', model: 'gpt-5' }, 0)
  })
})
