import type { Alarm } from '../../learn/alarm.ts'

/** What is sent: the document `alarm/1`. */
export interface AlarmDocument {
  readonly schema: 'alarm/1'
  readonly event: 'raised' | 'cleared'
  /** ISO 8601: when it was noticed. */
  readonly at: string
  readonly alarm: Alarm
}

export interface PostOptions {
  readonly url: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/**
 * Sends it once, as JSON, to the address of the settings and nowhere else: a redirect is not followed, and of the answer
 * only the status is looked at. Resolves to null when it was taken (2xx), else to why not; the address, which may hold a
 * secret, is not part of it.
 */
export async function postAlarm(
  document: AlarmDocument,
  { url, timeoutMs, signal }: PostOptions,
): Promise<string | null> {
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'foretoken' },
      body: JSON.stringify(document),
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    await answer.body?.cancel()
    return answer.ok ? null : `it answered ${answer.status}`
  } catch (error) {
    return `it was not reached (${reasonOf(error)})`
  }
}

/** The code of what went wrong below, such as ECONNREFUSED: messages of the network may name the address. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : null
  if (cause instanceof Error && 'code' in cause) return String(cause.code)
  return error instanceof Error ? error.name : 'unknown'
}
