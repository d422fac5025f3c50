import { call, type Place, segment } from './call.ts'
import { backOffMs } from './retries.ts'
import { type ServerSentEvent, serverSentEvents } from './server-sent-events.ts'
import { wait } from './wait.ts'

/** Something that happened in a run. */
export interface RunEvent {
  /** Its number, to go on behind it; null = it is not kept, as `spend` and `end` are not. */
  readonly id: number | null
  /** `planned`, `began`, `spend`, `ended`, and at last `end`. */
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Which run is followed, from where. */
export interface Followed {
  readonly id: string
  /** The last event that was seen; 0 = none. */
  readonly after: number
  readonly signal: AbortSignal | undefined
}

/** Events of a run, each once and in order, through breaks, to its end. */
export async function* followRun(
  place: Place,
  { id, after, signal }: Followed,
): AsyncGenerator<RunEvent, void, void> {
  const path = `v1/runs/${segment(id)}/events`
  let [last, breaks] = [after, 0]
  for (;;) {
    const headers = { 'Last-Event-ID': last === 0 ? null : last }
    const asked = { method: 'GET' as const, path, headers, signal, isRepeatable: true }
    const body = await call(place, asked, async (response) =>
      response.status === 204 ? null : response.body,
    )
    if (body === null) return
    let broken: unknown = new TypeError('the events ended before the run did')
    try {
      for await (const told of serverSentEvents(body)) {
        const event = eventOf(told)
        // The service is being ended, not the run: who follows it asks again.
        if (event.event === 'end' && !hasEnded(event)) break
        ;[last, breaks] = [event.id ?? last, 0]
        yield event
        if (event.event === 'end') return
      }
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      broken = error
    }
    if (breaks >= place.patience.retries) throw broken
    await wait(backOffMs(breaks++), signal)
  }
}

const eventOf = ({ id, event, data }: ServerSentEvent): RunEvent => ({
  id: id === null ? null : Number(id),
  event,
  data: JSON.parse(data) as RunEvent['data'],
})

const hasEnded = ({ data }: RunEvent): boolean => data.state !== 'queued' && data.state !== 'running'
