import type { Report } from './document.ts'
import type { Subject } from './subject.ts'

/** What was looked at: how many runs of what, from when to when, and what was asked for. */
export function aboutOf(
  { episodes, fields }: Subject,
  asked: readonly (readonly [string, string])[],
): Report['about'] {
  const count = (value: number) => value.toLocaleString('en-US')
  const systems = fields.reduce((sum, field) => sum + field.systems.length, 0)
  const days = periodOf(episodes.startedMs)
  return [
    ['runs', count(episodes.size)],
    ['tasks', count(new Set(episodes.task.codes.filter((code) => code >= 0)).size)],
    ['systems (agent · model)', count(systems)],
    ['benchmarks', fields.map(({ benchmark }) => benchmark).join(', ') || 'none'],
    ['begun', days ?? 'not recorded'],
    ...asked,
  ]
}

/** First and last day; null = no start is known. */
function periodOf(startedMs: Float64Array): string | null {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const at of startedMs) {
    if (Number.isNaN(at)) continue
    if (at < first) first = at
    if (at > last) last = at
  }
  if (first > last) return null
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  return day(first) === day(last) ? day(first) : `${day(first)} to ${day(last)}`
}
