import type { ServiceContext } from './service-context.ts'
import type { Closing } from './service-options.ts'
import type { ServiceSettings } from './settings/service-settings.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** Drops what was kept for requests that are sent again, once they are too old for that. */
export function forgetHourly(
  { writer, nowMs }: ServiceContext,
  { retention }: ServiceSettings,
  closing: Closing,
): void {
  const forget = (): void => {
    const before = new Date(nowMs() - retention.idempotencyDays * DAY_MS).toISOString()
    // What fails now is done an hour later.
    writer.write({ forgetBefore: before }).catch(() => {})
  }
  forget()
  const timer = setInterval(forget, HOUR_MS)
  closing(() => clearInterval(timer))
}
