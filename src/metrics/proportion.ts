import { KnownError } from '../errors.ts'

/** How many of some tries succeeded. */
export interface Proportion {
  readonly successes: number
  readonly trials: number
}

/** Refuses counts that are no counts, and a proportion of nothing. */
export function checkProportion({ successes, trials }: Proportion): void {
  if (!(Number.isInteger(successes) && Number.isInteger(trials) && successes >= 0 && successes <= trials))
    throw new KnownError('data-malformed', `${successes} successes in ${trials} trials`)
  if (trials === 0) throw new KnownError('too-little-data', 'a proportion of 0 trials')
}
