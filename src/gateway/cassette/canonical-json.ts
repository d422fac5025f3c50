/**
 * The same JSON value with the members of its objects sorted, so that equal values have equal texts. Expects what
 * `JSON.parse` gives, nested less deeply than the stack.
 */
export function canonicalJson(value: unknown): unknown {
  return mapJson(value, (text) => text)
}

/** A copy of a JSON value with each of its texts changed, names of members included; its members are sorted. */
export function mapJson(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (Array.isArray(value)) return value.map((item) => mapJson(item, change))
  if (!isObject(value)) return value
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, item]) => [change(name), mapJson(item, change)]))
}

/** Whether a JSON value is an object. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
