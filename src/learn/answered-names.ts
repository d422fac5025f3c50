import type { Alarm } from './alarm.ts'

/** A name that a provider answered with when a model was asked for. */
export interface AnsweredName {
  readonly asked: string
  readonly answered: string
  /** ISO 8601: of the first and of the last answer. */
  readonly firstAt: string
  readonly lastAt: string
}

const DAY_MS = 86_400_000
/** So long after a change it is told. */
const DAYS = 30

/**
 * Models that are answered under another name than before: the newest name came when the one before had been seen last, as
 * a provider puts a new version behind the same name. Names that take turns are no change.
 */
export function renamedAlarms(names: readonly AnsweredName[]): readonly Alarm[] {
  const models = Map.groupBy(names, ({ asked }) => asked)
  return [...models.values()].flatMap((own) => {
    const byTime = own.toSorted((a, b) => (a.lastAt < b.lastAt ? -1 : 1))
    const [before, newest] = byTime.slice(-2)
    if (before === undefined || newest === undefined || before.lastAt > newest.firstAt) return []
    if (Date.parse(newest.lastAt) - Date.parse(newest.firstAt) > DAYS * DAY_MS) return []
    return [renamed(before, newest)]
  })
}

const renamed = (before: AnsweredName, { asked, answered, firstAt }: AnsweredName): Alarm => ({
  ...{ kind: 'model-changed', agent: null, model: asked, since: firstAt },
  message: `${asked} is answered by ${answered} since ${firstAt.slice(0, 10)}, by ${before.answered} before`,
  fix: `name ${before.answered} to keep what was forecast, or watch what it spends; forecasts follow meanwhile`,
})
