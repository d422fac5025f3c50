import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { readJournal } from './journal.ts'
import type { RecordKeeper } from './keep-records.ts'

/** As it stands in the names of journals: a process of another host may live, and cannot be seen from here. */
const HOST = hostname().replace(/[^\w.-]/g, '_')

/** The name of a journal of this process, its `count`th. */
export const journalName = (nowMs: number, count: number): string =>
  `${HOST}-${process.pid}.${startOf(process.pid) ?? ''}-${nowMs}-${count}.jsonl`

/** The names of journals whose writers are gone. @param live those that this process writes */
export const journalsLeft = (folder: string, live: ReadonlySet<string>): readonly string[] =>
  readdirSync(folder).filter((name) => {
    const [, host, pid, start] = /^(.+)-(\d+)(?:\.(\d*))?-\d+-\d+\.jsonl$/.exec(name) ?? []
    return host === HOST && !live.has(name) && !isAlive(Number(pid), start ?? '')
  })

/** Takes journals over into the store that killed gateways left: calls that had ended, and open ones as incomplete. */
export function takeOver(
  { journals, left }: { readonly journals: string; readonly left: readonly string[] },
  keeperOf: (name: string) => RecordKeeper,
  onTrouble: (message: string) => void,
): void {
  for (const name of left) {
    const keeper = keeperOf(name)
    try {
      takeIn(join(journals, name), keeper, onTrouble)
    } finally {
      keeper.close()
    }
  }
}

/** What a second gateway takes over at the same time is kept once. */
function takeIn(file: string, keeper: RecordKeeper, onTrouble: (message: string) => void): void {
  try {
    for (const entry of readJournal(file)) keeper.note(entry)
    keeper.abandon()
    keeper.save()
    rmSync(file, { force: true })
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    if (!(error instanceof SyntaxError)) throw error
    onTrouble(`${file} is damaged and was left: ${error.message}`)
  }
}

/**
 * Whether the writer of a journal runs: ids of processes are given again, soon where many are started, so that it is known by
 * when it started too. Where the system does not tell that (`start` is empty), whoever has its id is taken for it, until that
 * ends. It is not this process, whose own journals are told.
 */
function isAlive(pid: number, start: string): boolean {
  if (pid === process.pid) return false
  if (start !== '' && startOf(process.pid) !== null) return startOf(pid) === start
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

/** When a process started, in ticks from the start of the machine (proc(5), field 22 of `stat`); null = nothing tells. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Its name stands in brackets, and may hold brackets and spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    // One that has ended and is only not buried yet writes nothing.
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null)
  } catch {
    return null // There is no such process, or no /proc
  }
}
