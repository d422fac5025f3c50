import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { SYSTEM, sandboxCommand } from '../../src/sandbox/local/bubblewrap.ts'
import { localSandbox } from '../../src/sandbox/local/local-sandbox.ts'
import { writeUsers } from '../../src/sandbox/local/users.ts'
import type { SandboxSpec } from '../../src/sandbox/sandbox.ts'
import { type Finding, findingOf, ratioOf } from './finding.ts'
import { inTurn, timeOf } from './rounds.ts'
import { temporaryFolder } from './temporary.ts'

const ROUNDS = 60
/** Of the number that nobody else has: runs get theirs from 1,900,000,000 on. */
const UID = 1_899_999_999
const MEBIBYTE = 2 ** 20

/**
 * A sandbox of this machine from its start to its finish, with its user, control groups, limits, outputs and counters, beside
 * the `setpriv … bwrap` line that isolates the same command in the same way, written by hand.
 */
export async function sandboxOverhead(): Promise<readonly Finding[]> {
  const folder = temporaryFolder()
  chmodSync(folder, 0o711)
  const backend = localSandbox({ parent: 'foretoken-bench', stateFolder: join(folder, 'state') })
  const complaints = await backend.check()
  if (complaints.length > 0) {
    const missing = complaints.map((complaint) => complaint.missing).join('; ')
    return [
      findingOf([Number.NaN], { unit: '×', target: null, what: `not measured; missing here: ${missing}` }),
    ]
  }
  let count = 0
  const never = new AbortController().signal
  const { a, b } = await inTurn(
    ROUNDS,
    () => {
      const spec = specIn(folder, `run-${++count}`)
      return timeOf(async () => mustBeZero((await backend.run(spec, never)).exit))
    },
    () => {
      const [program = '', ...args] = bareLine(specIn(folder, `run-${++count}`), folder)
      return timeOf(async () =>
        mustBeZero((await once(spawn(program, args, { stdio: 'ignore' }), 'exit'))[0]),
      )
    },
  )
  await backend.sweep()
  const what = (ours: string, theirs: string) =>
    `\`true\` in a sandbox (${ours}) against the bare setpriv bwrap line (${theirs})`
  return [ratioOf(a, b, { target: 1.5, what })]
}

function mustBeZero(code: unknown): void {
  if (code !== 0) throw new Error(`it ended with ${code}`)
}

function specIn(folder: string, id: string): SandboxSpec {
  const workspace = join(folder, id)
  mkdirSync(workspace)
  return {
    ...{ id, workspace, command: ['true'], env: {}, readOnly: [], gateway: null, image: null },
    floor: { cpus: 0.5, memoryBytes: 32 * MEBIBYTE },
    ceiling: { cpus: 1, memoryBytes: 128 * MEBIBYTE, pids: 60 },
    ...{ temporaryBytes: 8 * MEBIBYTE, timeoutMs: 20_000, graceMs: 500 },
    stdout: { path: join(folder, 'stdout'), maxBytes: MEBIBYTE },
    stderr: { path: join(folder, 'stderr'), maxBytes: MEBIBYTE },
  }
}

/** As words of one command: without what tells the runner how it went, and the filter of system calls, which are ours. */
function bareLine(spec: SandboxSpec, folder: string): readonly string[] {
  const own = join(folder, 'bare')
  writeUsers(own)
  const place = { uid: UID, users: own, workspace: spec.workspace, links: systemLinks() }
  const { line, args } = sandboxCommand(spec, place)
  const [status, filter] = [args.indexOf('--json-status-fd'), args.indexOf('--seccomp')]
  const kept = args.filter((_, at) => ![status, status + 1, filter, filter + 1].includes(at))
  const at = line.indexOf('--args')
  return [...line.slice(0, at), ...kept, ...line.slice(at + 2)]
}

function systemLinks(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    SYSTEM.flatMap((name) => {
      try {
        return [[name, readlinkSync(`/${name}`)] as const]
      } catch {
        return [] // a folder of its own, or not there
      }
    }),
  )
}
