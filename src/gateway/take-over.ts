import { readdirSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { readJournal } from './journal.ts'
import type { RecordKeeper } from './keep-records.ts'

/** As it stands in the names of journals: a process of another host may live, and cannot be seen from here. */
const HOST = hostname().replace(/[^\w.-]/g, '_')

/** The name of the journal of this process. */
export const journalName = (nowMs: number): string => `${HOST}-${process.pid}-${nowMs}.jsonl`

/** Takes journals over into the store that killed gateways left: calls that had ended, and open ones as incomplete. */
export function takeOver(
  { journals, journal }: { readonly journals: string; readonly journal: string },
  keeperOf: (name: string) => RecordKeeper,
  onTrouble: (message: string) => void,
): void {
  for (const name of readdirSync(journals)) {
    const [, host, pid] = /^(.+)-(\d+)-\d+\.jsonl$/.exec(name) ?? []
    if (host !== HOST || name === journal || isAlive(Number(pid))) continue
    const file = join(journals, name)
    const keeper = keeperOf(name)
    try {
      for (const entry of readJournal(file)) keeper.note(entry)
      keeper.abandon()
      keeper.save()
      rmSync(file)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
      onTrouble(`${file} is damaged and was left: ${error.message}`)
    } finally {
      keeper.close()
    }
  }
}

/**
 * A process with this id runs: the writer of the journal, or another one that has its id, until it ends. It is not this
 * one, whose own journal is another.
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
