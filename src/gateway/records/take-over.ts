import { readdirSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { readJournal } from './journal.ts'
import type { RecordKeeper } from './keep-records.ts'

/** As it stands in the names of journals: a process of another host may live, and cannot be seen from here. */
const HOST = hostname().replace(/[^\w.-]/g, '_')

/** The name of a journal of this process, its `count`th. */
export const journalName = (nowMs: number, count: number): string =>
  `${HOST}-${process.pid}-${nowMs}-${count}.jsonl`

/** The names of journals whose writers are gone. @param live those that this process writes */
export const journalsLeft = (folder: string, live: ReadonlySet<string>): readonly string[] =>
  readdirSync(folder).filter((name) => {
    const [, host, pid] = /^(.+)-(\d+)-\d+-\d+\.jsonl$/.exec(name) ?? []
    return host === HOST && !live.has(name) && !isAlive(Number(pid))
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
 * A process with this id runs: the writer of the journal, or another one that has its id, until it ends. It is not this
 * one, whose own journals are told.
 */
function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
