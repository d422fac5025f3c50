import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import type { App } from '../app.ts'
import { KnownError } from '../errors.ts'
import { cassetteWriter } from '../gateway/cassette/cassette-writer.ts'
import { cassettePlayer, type Player, type PlayerCounts } from '../gateway/cassette/player.ts'
import { readCassette } from '../gateway/cassette/read-cassette.ts'
import { redactor } from '../gateway/cassette/redactor.ts'
import { cassetteSource, recordingSource, sourceOfEachRun } from '../gateway/cassette-source.ts'
import { PROVIDERS } from '../gateway/endpoint.ts'
import type { ReplySource } from '../gateway/exchange/reply-source.ts'
import { type Gateway, startGateway } from '../gateway/gateway.ts'
import type { GatewayEvent } from '../gateway/gateway-context.ts'
import { openRecorder } from '../gateway/records/recorder.ts'
import { upstreamsOf } from '../gateway/upstream/upstream-settings.ts'
import { upstreamSource } from '../gateway/upstream/upstream-source.ts'
import { readPriceBook } from '../pricing/read-price-book.ts'
import type { Settings } from '../settings.ts'
import { showSafely } from './escape.ts'

/** Options of every command that runs a gateway. */
export const SessionOptions = z.object({
  record: z.string().min(1).optional(),
  replay: z.string().min(1).optional(),
  replace: z.boolean().default(false),
  matching: z.enum(['strict', 'lenient']).default('lenient'),
  latency: z.enum(['recorded', 'none']).default('none'),
  store: z.boolean().default(true),
  timeout: z.coerce.number().positive('expected seconds above 0').default(600),
})
export type SessionOptions = z.infer<typeof SessionOptions>

export function withSession(command: Command): Command {
  return command
    .option('--record <file>', 'record every exchange into a cassette')
    .option('--replace', 'record over a cassette that is there')
    .option('--replay <file>', 'answer from a cassette; nothing is asked of a provider, and nothing paid')
    .option('--matching <strict|lenient>', 'how a replay finds a reply (default: lenient)')
    .option('--latency <recorded|none>', 'how fast a replay answers (default: none)')
    .option('--timeout <seconds>', 'how long a provider may keep silent (default: 600)')
    .option('--no-store', 'keep nothing in the store')
}

/** A gateway with what stands behind it. */
export interface GatewaySession {
  readonly gateway: Gateway
  /** How the replies of a replay were found; null = it is none. */
  readonly replayed: () => PlayerCounts | null
  /** @throws KnownError `store-failed`, `file-not-written` */
  readonly close: () => Promise<void>
}

interface Asked {
  readonly options: SessionOptions
  readonly host: string
  readonly port: number
  readonly control: NonNullable<Parameters<typeof startGateway>[0]['control']> | null
  readonly onEvent: (event: GatewayEvent) => void
  /** Each run is answered from the beginning of the cassette; left out = all together are, once. */
  readonly replaysEachRun?: boolean
}

/** @throws KnownError for settings, files and stores that cannot be used */
export async function openSession(app: App, settings: Settings, asked: Asked): Promise<GatewaySession> {
  const { options, host, port, control, onEvent } = asked
  const onTrouble = (message: string): void => onEvent({ kind: 'trouble', message })
  const prices = { file: settings.prices.value, cwd: app.cwd }
  const book = await readPriceBook(prices)
  const replies = await openReplies(app, settings, {
    options,
    onTrouble,
    replaysEachRun: asked.replaysEachRun ?? false,
  })
  const database = resolve(app.cwd, settings.db.value)
  const recorder = options.store
    ? await openRecorder({
        database,
        journals: join(dirname(database), 'gateway'),
        prices,
        nowMs: app.now(),
        onTrouble,
      })
    : null
  const { source, keyed } = replies
  const gateway = await startGateway({
    source,
    providers: new Set(PROVIDERS),
    keyed,
    recorder,
    book,
    host,
    port,
    control,
    onEvent,
    replayed: options.replay !== undefined,
    silenceMs: options.timeout * 1000,
    nowMs: app.now,
  })
  return {
    gateway,
    replayed: replies.told,
    async close() {
      await gateway.close()
      await replies.close()
    },
  }
}

interface Replies {
  readonly source: ReplySource
  readonly keyed: Gateway['keyed']
  readonly told: () => PlayerCounts | null
  readonly close: () => Promise<void>
}

interface Replaying {
  readonly options: SessionOptions
  readonly onTrouble: (message: string) => void
  readonly replaysEachRun: boolean
}

async function openReplies(
  app: App,
  settings: Settings,
  { options, onTrouble, replaysEachRun }: Replaying,
): Promise<Replies> {
  const { record, replay, matching, latency, replace, timeout } = options
  if (record !== undefined && replay !== undefined) {
    throw new KnownError('usage', '--record and --replay at once', { fix: 'give one of the two' })
  }
  const upstreams = upstreamsOf(settings, app.env)
  const keys = [...upstreams.values()].flatMap(({ key }) => (key === null ? [] : [key]))
  const redact = redactor(keys)
  if (replay !== undefined) {
    const cassette = await readCassette(resolve(app.cwd, replay))
    for (const note of cassette.notes) app.note(`note: ${showSafely(note)}\n`)
    const play = () => cassettePlayer(cassette, { matching })
    const answer = (player: Player) => cassetteSource(player, { redact, latency })
    const all = play()
    return {
      source: replaysEachRun ? sourceOfEachRun(() => answer(play())) : answer(all),
      keyed: new Set(PROVIDERS),
      told: all.told,
      close: async () => {},
    }
  }
  const keyed = new Set(
    [...upstreams.values()].flatMap(({ key, provider }) => (key === null ? [] : [provider])),
  )
  const silence = { silenceMs: timeout * 1000, plainReplies: record !== undefined }
  const provider = upstreamSource(upstreams, silence)
  if (record === undefined) {
    return { source: { ...provider, listen: () => null }, keyed, told: () => null, close: async () => {} }
  }
  const recordedAt = new Date(app.now()).toISOString()
  const writer = await cassetteWriter(resolve(app.cwd, record), { recordedAt, replace })
  const source = recordingSource(provider, { writer, redact }, onTrouble)
  return { source, keyed, told: () => null, close: writer.close }
}
