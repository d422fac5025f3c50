/** Difficulties from easy to hard, and which of them count as hard. */
export interface Grades {
  readonly order: readonly string[]
  readonly hard: ReadonlySet<string>
}

/** Names of difficulties that are known, easiest first, and the first that counts as hard. */
const KNOWN: readonly (readonly [order: readonly string[], hardFrom: string])[] = [
  [['<15 min fix', '15 min - 1 hour', '1-4 hours', '>4 hours'], '1-4 hours'],
  [['trivial', 'easy', 'medium', 'hard', 'very hard'], 'hard'],
]

/** The grades of these difficulties: known names, else numbers, whose upper half is hard; null = no order is known. */
export function gradesOf(names: ReadonlySet<string>): Grades | null {
  for (const [order, hardFrom] of KNOWN) {
    if (![...names].every((name) => order.includes(name))) continue
    const present = order.filter((name) => names.has(name))
    return { order: present, hard: new Set(order.slice(order.indexOf(hardFrom))) }
  }
  if (![...names].every((name) => Number.isFinite(Number(name)))) return null
  const order = [...names].sort((a, b) => Number(a) - Number(b))
  return { order, hard: new Set(order.slice(Math.ceil(order.length / 2))) }
}
