import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { JournalEntry } from './journal-entry.ts'

/**
 * What the gateway did, as lines appended to a file before a client sees the end of its reply: what was said there
 * survives the process being killed. Another thread takes it over into the store, and the file is then dropped.
 */
export interface Journal {
  readonly file: string
  readonly append: (entry: JournalEntry) => void
  readonly close: () => void
  /** Takes the file away: all of it is in the store. */
  readonly drop: () => void
}

/** Starts a journal. Only its owner may read it: it tells what was worked on. */
export function openJournal(file: string): Journal {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const descriptor = openSync(file, 'a', 0o600)
  let isOpen = true
  const close = (): void => {
    if (isOpen) closeSync(descriptor)
    isOpen = false
  }
  return {
    file,
    append: (entry) => void writeSync(descriptor, `${JSON.stringify(entry)}\n`),
    close,
    drop() {
      close()
      rmSync(file, { force: true })
    },
  }
}

/** The entries of a journal that a process left behind; a last line that was cut off was never acknowledged. */
export function readJournal(file: string): readonly JournalEntry[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  lines.pop()
  return lines.map((line) => JSON.parse(line) as JournalEntry)
}
