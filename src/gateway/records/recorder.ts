import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { KnownError } from '../../errors.ts'
import { storeFailure } from '../../store/store-failure.ts'
import { appendSafely } from './append-safely.ts'
import { type Journal, openJournal } from './journal.ts'
import type { JournalEntry } from './journal-entry.ts'
import type { FromRecorder, RecorderOptions, RecorderStart, ToRecorder } from './recorder-messages.ts'
import { journalName, journalsLeft } from './take-over.ts'

/** Keeps what the gateway did: in a journal at once, and in the store soon after. */
export interface Recorder {
  readonly record: (entry: JournalEntry) => void
  /** Waits until all is in the store. @throws KnownError `store-failed`; the journal is then kept */
  readonly close: () => Promise<void>
}

/** Entries go to the other thread in batches, so that a reply costs it no message. */
const BATCH_MS = 50

/**
 * Opens the store in a thread of its own, so that no reply waits for it, however busy it is; first, journals that killed
 * gateways left are taken over.
 * @throws KnownError `store-failed`, `store-foreign`, `prices-malformed`
 */
export async function openRecorder(options: RecorderOptions): Promise<Recorder> {
  const { journals, nowMs, database, prices, onTrouble } = options
  const name = journalName(nowMs, ++opened)
  const journal = journalIn(journals, name)
  live.add(name)
  const left = journalsLeft(journals, live)
  const start: RecorderStart = { database, journals, journal: name, left, prices, nowMs }
  const thread = threadOf(start, onTrouble)
  try {
    await thread.answer('ready')
  } catch (error) {
    live.delete(name)
    journal.drop()
    throw error
  }
  const recorder = recorderOf(journal, thread, onTrouble)
  return { ...recorder, close: () => recorder.close().finally(() => live.delete(name)) }
}

/** Recorders of this process so far, and the journals of those that are open: nobody else is to take them over. */
let opened = 0
const live = new Set<string>()

function journalIn(folder: string, name: string): Journal {
  const file = join(folder, name)
  try {
    return openJournal(file)
  } catch (error) {
    throw storeFailure(error, file)
  }
}

/** What the thread makes is soon garbage: without a bound it takes its time, and memory, to clear it away. */
const YOUNG_MB = 16

interface Thread {
  readonly send: (message: ToRecorder) => void
  /** @throws what the thread could not do */
  readonly answer: (kind: 'ready' | 'closed') => Promise<void>
}

function recorderOf(journal: Journal, thread: Thread, onTrouble: RecorderOptions['onTrouble']): Recorder {
  let batch: JournalEntry[] = []
  let timer: NodeJS.Timeout | undefined
  const append = appendSafely(journal, onTrouble)
  const send = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (batch.length > 0) thread.send({ say: 'entries', entries: batch })
    batch = []
  }
  return {
    record(entry) {
      append(entry)
      batch.push(entry)
      timer ??= setTimeout(send, BATCH_MS)
    },
    async close() {
      send()
      const closed = thread.answer('closed')
      thread.send({ say: 'close' })
      try {
        await closed
      } catch (error) {
        journal.close()
        throw error
      }
      journal.drop()
    },
  }
}

function threadOf(start: RecorderStart, onTrouble: (message: string) => void): Thread {
  // The program runs from its sources and as it is built.
  const file = new URL(`./recorder-thread.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)
  const worker = new Worker(file, {
    workerData: start,
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
  })
  const waiting = new Map<string, { resolve: () => void; reject: (error: unknown) => void }>()
  let ended: Error | null = null
  const fail = (error: unknown): void => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  worker.on('message', (message: FromRecorder) => {
    if (message.say === 'trouble') onTrouble(message.message)
    else if (message.say === 'failed')
      fail(new KnownError(message.code, message.detail, { fix: message.fix }))
    else {
      waiting.get(message.say)?.resolve()
      waiting.delete(message.say)
    }
  })
  // A bug there ends no reply: the journal keeps what happens, for the next gateway.
  worker.on('error', (error: Error) => {
    ended = error
    onTrouble(`nothing more is written to the store: ${error.stack ?? error.message}`)
    fail(error)
  })
  return {
    send: (message) => worker.postMessage(message),
    answer: (kind) =>
      new Promise((resolve, reject) => {
        if (ended !== null) reject(ended)
        waiting.set(kind, { resolve, reject })
      }),
  }
}
