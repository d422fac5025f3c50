import type { Bundle } from '../forecast/bundle.ts'
import type { Invocation } from './command-line.ts'

/** Tells of a bundle that was made from tables: `place` is its folder. */
export function tellMade(
  { app, format }: Pick<Invocation, 'app' | 'format'>,
  place: string,
  { id, data, tasks, pairs }: Bundle,
): void {
  const made = { bundle: id, place, tasks, pairs: pairs.length, data }
  app.print(
    format === 'json'
      ? `${JSON.stringify(made, null, 2)}\n`
      : `${place}: ${tasks} tasks, ${pairs.length} pairs\n`,
  )
}
