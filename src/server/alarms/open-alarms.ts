import { setTimeout as pause } from 'node:timers/promises'
import { KnownError } from '../../errors.ts'
import { type Alarm, alarmKey } from '../../learn/alarm.ts'
import { postAlarm } from './post-alarm.ts'
import { readTold, writeTold } from './told-alarms.ts'

/** Who raises alarms: each tells all of its own, whenever some may have changed. */
export type AlarmSource = 'calibration' | 'training'

/** The alarms of a service, and the webhook they are sent to. */
export interface Alarms {
  /** Replaces the alarms of a source: those that are new are sent, and those that are gone. Never waits. */
  readonly tell: (source: AlarmSource, alarms: readonly Alarm[]) => void
  /** All that stand. */
  readonly now: () => readonly Alarm[]
  /** Resolves when what was told is sent, or given up until it is told again. */
  readonly settled: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface AlarmOptions {
  /** Null = nothing is sent. */
  readonly webhook: string | null
  readonly timeoutMs: number
  /** So often it is tried to send one. */
  readonly tries: number
  /** Before the second try; then twice as long each time. */
  readonly firstPauseMs: number
  /** Where is kept which alarms were sent: a restart does not send them again. */
  readonly file: string
  readonly nowMs: () => number
  readonly onTrouble: (message: string) => void
}

/** What was kept of the alarms that were sent may be unreadable: that is told, and they are sent once more. */
export async function openAlarms(options: AlarmOptions): Promise<Alarms> {
  const standing = new Map<AlarmSource, ReadonlyMap<string, Alarm>>()
  const ended = new AbortController()
  const told = await readTold(options.file).catch((error: unknown) => {
    if (!(error instanceof KnownError)) throw error
    options.onTrouble(`${error.message}; alarms are sent once more`)
    return new Map<string, Alarm>()
  })
  const sender = senderOf(options, told, { standing, signal: ended.signal })
  return {
    tell(source, alarms) {
      standing.set(source, new Map(alarms.map((alarm) => [`${source} ${alarmKey(alarm)}`, alarm])))
      sender.wake()
    },
    now: () => [...standing.values()].flatMap((own) => [...own.values()]),
    settled: sender.settled,
    async close() {
      ended.abort()
      await sender.settled()
    },
  }
}

interface World {
  readonly standing: ReadonlyMap<AlarmSource, ReadonlyMap<string, Alarm>>
  readonly signal: AbortSignal
}

/** Brings the webhook to know what stands, one after the other: whatever was told meanwhile, the last counts. */
function senderOf(options: AlarmOptions, told: Map<string, Alarm>, { standing, signal }: World) {
  let working: Promise<void> | null = null
  let isToldMore = false
  const work = async (): Promise<void> => {
    for (let next = pending(standing, told); next !== null && !signal.aborted; ) {
      const isSent = await send(options, next, signal)
      if (!isSent) return // it is tried again with what is told next
      if (next.event === 'raised') told.set(next.key, next.alarm)
      else told.delete(next.key)
      await writeTold(options.file, told)
      next = pending(standing, told)
    }
  }
  const wake = (): void => {
    if (options.webhook === null || signal.aborted) return
    isToldMore = working !== null
    working ??= work()
      .catch((error: unknown) => options.onTrouble(`alarms: ${String(error)}`))
      .then(() => {
        working = null
        if (isToldMore) wake()
      })
  }
  const settled = async (): Promise<void> => {
    while (working !== null) await working
  }
  return { wake, settled }
}

interface Pending {
  readonly key: string
  readonly event: 'raised' | 'cleared'
  readonly alarm: Alarm
}

/** The first that the webhook does not know of. A source that has told nothing yet has not cleared anything. */
function pending(standing: World['standing'], told: ReadonlyMap<string, Alarm>): Pending | null {
  for (const own of standing.values())
    for (const [key, alarm] of own) if (!told.has(key)) return { key, event: 'raised', alarm }
  for (const [key, alarm] of told) {
    const own = standing.get(key.slice(0, key.indexOf(' ')) as AlarmSource)
    if (own !== undefined && !own.has(key)) return { key, event: 'cleared', alarm }
  }
  return null
}

async function send(options: AlarmOptions, { event, alarm }: Pending, signal: AbortSignal): Promise<boolean> {
  const { webhook, timeoutMs, tries, firstPauseMs, nowMs, onTrouble } = options
  if (webhook === null) return false
  const document = { schema: 'alarm/1', event, at: new Date(nowMs()).toISOString(), alarm } as const
  let why: string | null = null
  for (let i = 0; i < tries && !signal.aborted; i++) {
    if (i > 0) await pause(firstPauseMs * 2 ** (i - 1), undefined, { signal }).catch(() => {}) // it ends
    why = await postAlarm(document, { url: webhook, timeoutMs, signal })
    if (why === null) return true
  }
  if (!signal.aborted)
    onTrouble(`the webhook at ${new URL(webhook).host} does not take alarms: ${why}, ${tries} times`)
  return false
}
