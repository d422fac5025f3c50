import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { KnownError } from '../../errors.ts'
import { readPriceBook } from '../../pricing/read-price-book.ts'
import { type RecordKeeper, recordKeeper } from './keep-records.ts'
import type { FromRecorder, RecorderStart, ToRecorder } from './recorder-messages.ts'
import { takeOver } from './take-over.ts'
import { troubleOf } from './trouble-of.ts'

/** Writing takes its time away from nothing: the longer it takes, the less often it is done. */
const LEAST_MS = 200
const MOST_MS = 10_000
const SHARE_OF_TIME = 20

if (!isMainThread && parentPort !== null) await serve(workerData as RecorderStart, parentPort)

type Port = NonNullable<typeof parentPort>

async function serve(start: RecorderStart, port: Port): Promise<void> {
  const tell = (message: FromRecorder): void => port.postMessage(message)
  try {
    const book = await readPriceBook(start.prices)
    const keeperOf = (name: string) => recordKeeper(start.database, name, { book, atMs: start.nowMs })
    takeOver(start, keeperOf, (message) => tell({ say: 'trouble', message }))
    listen(port, { keeper: keeperOf(start.journal), database: start.database }, tell)
    tell({ say: 'ready' })
  } catch (error) {
    tell(failureOf(error))
    port.close()
  }
}

interface Kept {
  readonly keeper: RecordKeeper
  readonly database: string
}

function listen(port: Port, { keeper, database }: Kept, tell: (message: FromRecorder) => void): void {
  let timer: NodeJS.Timeout | undefined
  let tookMs = 0
  let isTroubled = false
  const later = (): void => {
    timer ??= setTimeout(save, Math.min(MOST_MS, Math.max(LEAST_MS, tookMs * SHARE_OF_TIME)))
  }
  const save = (): void => {
    timer = undefined
    const startMs = performance.now()
    const trouble = troubleOf(keeper.save, database)
    tookMs = performance.now() - startMs
    if (trouble !== null && !isTroubled) tell({ say: 'trouble', message: `${trouble}; tried again` })
    if (trouble === null && isTroubled) tell({ say: 'trouble', message: 'the store can be written again' })
    isTroubled = trouble !== null
    if (isTroubled) later()
  }
  port.on('message', (message: ToRecorder) => {
    if (message.say === 'entries') {
      for (const entry of message.entries) keeper.note(entry)
      later()
      return
    }
    clearTimeout(timer)
    try {
      keeper.save()
      keeper.close()
      tell({ say: 'closed' })
    } catch (error) {
      tell(failureOf(error))
    }
    port.close()
  })
}

/** A bug goes up as one. */
function failureOf(error: unknown): FromRecorder {
  if (!(error instanceof KnownError)) throw error
  return { say: 'failed', code: error.code, detail: error.detail, fix: error.fix }
}
