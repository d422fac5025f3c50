import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { type AttemptRecord, AttemptRecord as Shape } from '../../src/runner/attempt/attempt-record.ts'
import { keptAt } from '../../src/runner/kept-files.ts'
import { localSandbox } from '../../src/sandbox/local/local-sandbox.ts'
import { formatOf } from '../../src/trajectory/formats.ts'
import { ROOT } from '../fixtures/built-cli.ts'
import { buggyRepository } from '../fixtures/gateway/buggy-repository.ts'
import { lackingClients } from '../fixtures/gateway/clients.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { type ScriptedUpstream, scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { writeTask } from '../fixtures/planned-work.ts'
import { keptBy, runTasks } from '../fixtures/tasks-cli.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const CLIENTS = join(ROOT, 'test/clients/node_modules')
const PYTHON = join(ROOT, '.venv-clients')
const NODE = dirname(process.execPath)

/** What was pinned for these tests lies where no system has it: its folders are mounted, its programs named by their paths. */
const INSTALLED = {
  'mini-swe-agent': {
    model: 'gpt-5',
    program: ['/usr/bin/python3', join(PYTHON, 'bin/mini')],
    mounts: [PYTHON],
    env: () => ({ PYTHONPATH: sitePackages() }),
    format: 'mini-swe-agent',
  },
  'claude-code': {
    model: 'claude-sonnet-4-5',
    program: [process.execPath, join(CLIENTS, '@anthropic-ai/claude-code/cli-wrapper.cjs')],
    mounts: [CLIENTS, NODE],
    env: () => ({}),
    format: 'claude-code-result',
  },
  codex: {
    model: 'gpt-5',
    program: [process.execPath, join(CLIENTS, '@openai/codex/bin/codex.js')],
    mounts: [CLIENTS, NODE],
    env: () => ({}),
    format: 'codex-exec',
  },
} as const

function sitePackages(): string {
  const [python = ''] = readdirSync(join(PYTHON, 'lib'))
  return join(PYTHON, 'lib', python, 'site-packages')
}

/** Packages with parts in C are of one version of Python. */
function otherPython(): string | null {
  const system = execFileSync('/usr/bin/python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])
  return sitePackages().includes(`python${String(system).trim()}/`)
    ? null
    : 'the clients are installed for another Python than that of the system'
}

/** The shipped agent, with its program where it is here. */
function agentFile(folder: string, name: keyof typeof INSTALLED): string {
  const { program, mounts, env } = INSTALLED[name]
  const shipped = readFileSync(join(ROOT, `data/agents/${name}.yaml`), 'utf8')
  const [word = ''] = /command:\n {2}- (\S+)/.exec(shipped)?.slice(1) ?? []
  const lines = Object.entries(env()).map(([key, value]) => `  ${key}: ${value}`)
  const text = shipped
    .replace(`command:\n  - ${word}\n`, `command:\n${program.map((one) => `  - ${one}\n`).join('')}`)
    .replace(/^version: .*\n/m, '')
    .replace(
      '\nenv:\n',
      `\nmounts: [${mounts.join(', ')}]\nenv:\n${lines.map((line) => `${line}\n`).join('')}`,
    )
  const file = join(folder, `${name}.yaml`)
  writeFileSync(file, text)
  return file
}

/** The buggy repository as a task: its test is the hidden check too. */
function mendingTask(folder: string): string {
  const path = writeTask(folder, 'mend', {
    issue: 'The test of this repository fails (node --test): mend total.mjs.',
    check: { command: 'node --test check/total.test.mjs', files: 'check', to: 'check' },
    resources: { cpus: { floor: 0.5, ceiling: 2 }, memoryMib: { floor: 512, ceiling: 3072 } },
    timeLimits: { setupSeconds: 30, agentSeconds: 120, checkSeconds: 30 },
  })
  const repository = buggyRepository()
  rmSync(join(repository, '.git'), { recursive: true })
  cpSync(repository, join(path, 'repository'), { recursive: true })
  const test = readFileSync(join(repository, 'total.test.mjs'), 'utf8')
  cpSync(repository, join(path, 'check'), { recursive: true })
  writeFileSync(join(path, 'check/total.test.mjs'), test.replace("'./total.mjs'", "'../total.mjs'"))
  rmSync(join(path, 'check/total.mjs'))
  return path
}

const complaints = await localSandbox().check()
const skip =
  lackingClients() ??
  (complaints.length > 0 ? complaints.map(({ missing }) => missing).join('; ') : otherPython())

describe('a real agent in the local sandbox', { skip: skip ?? false }, () => {
  let upstream: ScriptedUpstream
  before(async () => {
    upstream = await scriptedUpstream({ script: mendScript })
  })
  after(() => upstream.close())

  for (const name of Object.keys(INSTALLED) as (keyof typeof INSTALLED)[]) {
    it(`resolves a task through the gateway alone, and leaves its patch and transcript: ${name}`, async () => {
      const cwd = temporaryFolder()
      const [task, agent] = [mendingTask(cwd), agentFile(cwd, name)]
      const { model, format } = INSTALLED[name]
      const { document, stderr } = await runTasks(cwd, upstream.url, [
        task,
        '--agent',
        agent,
        '--model',
        model,
      ])
      const { attempts, runs } = keptBy(cwd)
      const record: AttemptRecord = Shape.parse(attempts[0]?.document)
      const files = join(cwd, 'files')
      const read = (file: { readonly sha256: string } | null): Buffer =>
        file === null ? Buffer.alloc(0) : readFileSync(keptAt(files, file.sha256))
      const said = `${stderr}\n${read(record.files.stderr)}\n${read(record.files.stdout)}`
      assert.deepEqual([document.outcomes.resolved, document.attempts], [1, 1], said)
      assert.match(String(read(record.files.patch)), /item\.price \* item\.quantity/)
      assert.equal(formatOf({ name: 'transcript', head: read(record.files.transcript) })?.name, format)
      const [run] = runs
      assert.equal(run?.outcome, 'resolved')
      assert.ok((run?.calls ?? 0) >= 4)
      assert.equal(run?.usage.output, document.actual.outputTokens)
      assert.ok((record.facts?.peakMemoryBytes ?? 0) > 0)
      assert.ok((record.facts?.cpuSeconds ?? 0) > 0)
      assert.ok(!existsSync(join(cwd, 'plans', `${document.id}.lock`)))
    })
  }
})
