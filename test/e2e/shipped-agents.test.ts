import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { PROVIDERS } from '../../src/gateway/endpoint.ts'
import { parseAgent, type Transcript } from '../../src/runner/agents/agent.ts'
import { agentStart, providerOf } from '../../src/runner/agents/agent-start.ts'
import { formatOf } from '../../src/trajectory/formats.ts'
import { buggyRepository, isMended, nodeFirst, TASK } from '../fixtures/gateway/buggy-repository.ts'
import { lackingClients } from '../fixtures/gateway/clients.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { type ScriptedUpstream, scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { testGateway } from '../fixtures/gateway/test-gateway.ts'
import { runPlain } from '../fixtures/run-plain.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const CLIENTS = join(ROOT, 'test/clients/node_modules')

/** The pinned version of what an agent is called, and the format in which it tells what it did. */
const INSTALLED = {
  'mini-swe-agent': {
    model: 'gpt-5',
    program: [join(ROOT, '.venv-clients/bin/mini')],
    format: 'mini-swe-agent',
  },
  'claude-code': {
    model: 'claude-sonnet-4-5',
    program: [process.execPath, join(CLIENTS, '@anthropic-ai/claude-code/cli-wrapper.cjs')],
    format: 'claude-code-result',
  },
  codex: {
    model: 'gpt-5',
    program: [process.execPath, join(CLIENTS, '@openai/codex/bin/codex.js')],
    format: 'codex-exec',
  },
} as const

const toldBy = (transcript: Transcript | null, stdout: string): Buffer =>
  transcript?.kind === 'file' ? readFileSync(transcript.path) : Buffer.from(stdout)

describe('a shipped agent', { skip: lackingClients() ?? false }, () => {
  let upstream: ScriptedUpstream
  before(async () => {
    upstream = await scriptedUpstream({ script: mendScript })
  })
  after(() => upstream.close())

  for (const [name, { model, program, format }] of Object.entries(INSTALLED)) {
    it(`mends a repository behind the gateway, and tells what it did: ${name}`, async () => {
      const gateway = await testGateway(upstream.url)
      after(() => gateway.close())
      const { baseUrl, key, totals } = gateway.openRun()
      const [home, workspace] = [temporaryFolder(), buggyRepository()]
      const agent = parseAgent(readFileSync(join(ROOT, `data/agents/${name}.yaml`), 'utf8'), name)
      const { command, env, files, transcript } = agentStart(agent, {
        // As a list begins.
        issue: `- ${TASK}`,
        ...{ issueFile: join(home, 'issue.md'), workspace, home, model, provider: providerOf(model) },
        ...{ baseUrl, key, keyed: new Set(PROVIDERS) },
      })
      for (const { path, content } of files) {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, content)
      }
      const started = [...program, ...command.slice(1)]
      const options = { cwd: workspace, env: nodeFirst(env), timeoutMs: 120_000 }
      const { exit, stdout, stderr } = await runPlain(started, options)
      assert.equal(exit, 0, `${stdout}\n${stderr}`)
      assert.ok(isMended(workspace))
      assert.ok(totals().requests.amount >= 4)
      assert.equal(formatOf({ name: 'transcript', head: toldBy(transcript, stdout) })?.name, format)
    })
  }
})
