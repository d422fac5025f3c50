import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { JournalEntry } from './journal-entry.ts'

/**
 * What the gateway did, as lines appended to a file before a client sees the end of its reply: what was said there
 * survives the process being killed. Another thread takes it over into the store, and the file is then dropped.
 */
export interface Journal {
  readonly file: string
  /** @throws the error of the file system; the journal is then as it was before */
  readonly append: (entry: JournalEntry) => void
  readonly close: () => void
  /** Takes the file away: all of it is in the store. */
  readonly drop: () => void
}

/** Starts a journal. Only its owner may read it: it tells what was worked on. @throws `EEXIST` where there is one */
export function openJournal(file: string): Journal {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const descriptor = openSync(file, 'ax', 0o600)
  let isOpen = true
  let size = 0
  const close = (): void => {
    if (isOpen) closeSync(descriptor)
    isOpen = false
  }
  return {
    file,
    append(entry) {
      const line = Buffer.from(`${JSON.stringify(entry)}\n`)
      try {
        writeWhole(descriptor, line)
        size += line.length
      } catch (error) {
        // On a full disk a part of it fits: no line may follow a torn one.
        ftruncateSync(descriptor, size)
        throw error
      }
    },
    close,
    drop() {
      close()
      rmSync(file, { force: true })
    },
  }
}

function writeWhole(descriptor: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done)
}

/** The entries of a journal that a process left behind; a last line that was cut off was never acknowledged. */
export function readJournal(file: string): readonly JournalEntry[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  lines.pop()
  return lines.map((line) => JSON.parse(line) as JournalEntry)
}
