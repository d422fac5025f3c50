import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { builtCli } from '../fixtures/built-cli.ts'
import { runLine } from '../fixtures/run-lines.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const command = (cwd: string) => async (args: readonly string[]) => {
  const { exit, ...told } = await builtCli(args, { cwd })
  return { ...told, exit: exit ?? -1 }
}

/** Imports lines of `run/1`. */
async function imported(cwd: string, lines: readonly string[]): Promise<void> {
  writeFileSync(join(cwd, 'runs.jsonl'), `${lines.join('\n')}\n`)
  const { exit, stderr } = await command(cwd)(['import', 'runs.jsonl'])
  assert.equal(exit, 0, stderr)
}

const lines = (from: number, to: number, change: (run: Record<string, unknown>) => object = (run) => run) =>
  Array.from({ length: to - from }, (_, k) => JSON.stringify(change(JSON.parse(runLine(from + k, 3)))))

const inForce = (cwd: string) =>
  JSON.parse(readFileSync(join(cwd, '.foretoken/models/in-force.json'), 'utf8'))

interface Trained {
  readonly bundle: string
  readonly champion: string
  readonly verdict: string
  readonly promoted: boolean
  readonly forced: boolean
  readonly alarms: readonly { readonly kind: string }[]
}

async function trained(
  cwd: string,
  ...args: readonly string[]
): Promise<Trained & { readonly exit: number }> {
  const { exit, stdout } = await command(cwd)(['train', '--from-store', '--format', 'json', ...args])
  return { ...(JSON.parse(stdout) as Trained), exit }
}

/** So many times what was counted. */
const times = (factor: number) => (run: Record<string, unknown>) => {
  const scaled = (usage: Record<string, number | null>) =>
    Object.fromEntries(
      Object.entries(usage).map(([name, count]) => [name, count === null ? null : count * factor]),
    )
  const perCall = (run.perCall as { usage: Record<string, number | null> }[]).map((call) => ({
    ...call,
    usage: scaled(call.usage),
  }))
  return { ...run, usage: scaled(run.usage as Record<string, number | null>), perCall }
}

describe('train --from-store', () => {
  it('makes the same bytes of the same store, puts them in force, and goes back when it is told to', async () => {
    const folders = [temporaryFolder(), temporaryFolder()]
    const bundles = []
    for (const cwd of folders) {
      await imported(cwd, lines(0, 60))
      const { exit, verdict, promoted, bundle, champion } = await trained(cwd)
      assert.deepEqual([exit, verdict, promoted, champion], [0, 'better', true, 'verified-1'])
      assert.equal(inForce(cwd).bundle, bundle)
      bundles.push(
        ['model.json', 'card.md'].map((name) =>
          readFileSync(join(cwd, '.foretoken/models', bundle, name), 'utf8'),
        ),
      )
    }
    assert.ok(JSON.stringify(bundles[0]) === JSON.stringify(bundles[1]))
    const [cwd = ''] = folders
    assert.equal((await command(cwd)(['models', 'rollback'])).exit, 0)
    assert.equal(inForce(cwd).bundle, 'verified-1')
  })

  it('has nothing to say of a store without new runs, and changes nothing', async () => {
    const cwd = temporaryFolder()
    await imported(cwd, lines(0, 4))
    const few = await trained(cwd)
    assert.deepEqual([few.exit, few.verdict, few.promoted], [3, 'too-little', false])
    assert.equal(inForce(cwd).bundle, 'verified-1')
  })

  it('refuses what came in a thousand times too large, says why, and takes it only by force', async () => {
    const cwd = temporaryFolder()
    await imported(cwd, lines(0, 40))
    const first = await trained(cwd)
    await imported(cwd, lines(40, 70, times(1000)))
    const refused = await trained(cwd)
    assert.deepEqual([refused.exit, refused.verdict, refused.promoted], [3, 'refused', false])
    assert.ok(refused.alarms.some(({ kind }) => kind === 'tokens-jump'))
    assert.equal(inForce(cwd).bundle, first.bundle)
    const forced = await trained(cwd, '--force')
    assert.deepEqual([forced.exit, forced.promoted, forced.forced], [0, true, true])
    const { bundle, history } = inForce(cwd)
    assert.equal(bundle, forced.bundle)
    assert.equal(history.at(-1).forced, true)
  })

  it('says what is wrong where there is no store, and where --force stands alone', async () => {
    const cwd = temporaryFolder()
    const none = await command(cwd)(['train', '--from-store'])
    assert.equal(none.exit, 2)
    assert.match(none.stderr, /foretoken\.db/)
    const alone = await command(cwd)(['train', '--force'])
    assert.equal(alone.exit, 2)
    assert.match(alone.stderr, /--force without --from-store/)
  })
})
