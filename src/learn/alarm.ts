/** Something that somebody should look at: what it is, since when, and what to do. Null = of all, or not known. */
export interface Alarm {
  /** `coverage`, `drift`, `model-changed`, and what a training refuses a bundle for. */
  readonly kind: string
  readonly agent: string | null
  readonly model: string | null
  /** ISO 8601. */
  readonly since: string | null
  /** A sentence, with its numbers. */
  readonly message: string
  readonly fix: string
}

/** Alarms that have the same are one: its numbers may change while it lasts. */
export const alarmKey = ({ kind, agent, model }: Alarm): string => JSON.stringify([kind, agent, model])
