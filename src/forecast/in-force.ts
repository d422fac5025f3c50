import { z } from 'zod'

/** The file in a folder of bundles that says which of them forecasts. */
export const IN_FORCE_FILE = 'in-force.json'

/** So many changes are remembered. */
export const MOST_HISTORY = 200

/** Who put a bundle in force; `keep`: what was in force without being written down is written down. */
export const BY = ['train', 'promote', 'rollback', 'keep'] as const

const Change = z.object({
  bundle: z.string().min(1),
  /** What was in force before; null = nothing. */
  previous: z.string().min(1).nullable(),
  at: z.iso.datetime(),
  by: z.enum(BY),
  /** Against the advice of the comparison. */
  forced: z.boolean(),
  why: z.string(),
})

/** The shape of `in-force.json`. */
export const InForceFile = z.object({
  schema: z.literal('in-force/1'),
  /** The bundle that forecasts. */
  bundle: z.string().min(1),
  /** The newest last. */
  history: z.array(Change).min(1),
})

/** Which bundle is in force, and how that came. */
export type BundleInForce = z.infer<typeof InForceFile>
/** One change of it. */
export type ChangeInForce = z.infer<typeof Change>

/** What it is after a change. @param before null = nothing was written down */
export function withChange(before: BundleInForce | null, change: ChangeInForce): BundleInForce {
  const history = [...(before?.history ?? []), change].slice(-MOST_HISTORY)
  return { schema: 'in-force/1', bundle: change.bundle, history }
}

/**
 * The bundle that a rollback returns to; null = there is none further back. A rollback takes away what it went back
 * from: two of them go back two steps, not there and back again.
 */
export function bundleBefore({ history }: BundleInForce): string | null {
  const first = history[0]?.previous ?? null
  let line: readonly string[] = first === null ? [] : [first]
  for (const { bundle, by } of history) {
    if (by !== 'rollback') line = line.at(-1) === bundle ? line : [...line, bundle]
    else line = [...line.slice(0, Math.max(0, line.lastIndexOf(bundle, -2))), bundle]
  }
  return line.at(-2) ?? null
}

/** The text of the file. */
export const formatInForce = (inForce: BundleInForce): string => `${JSON.stringify(inForce, null, 2)}\n`
