import { type NewRuns, newRuns } from '../../store/new-runs.ts'
import type { Store } from '../../store/open-store.ts'
import type { Closing } from '../service-options.ts'
import { type LearningFacts, type ScheduleOptions, schedule } from './schedule.ts'

/** Learning by itself. */
export interface Learning {
  readonly newRuns: NewRuns
  readonly facts: () => LearningFacts
  /** Looks from now on, again and again. */
  readonly begin: () => void
}

interface LearningOptions extends Omit<ScheduleOptions, 'newRuns'> {
  readonly store: Store
  /** Takes the bundle that was put in force from elsewhere. */
  readonly follow: () => Promise<void>
  readonly onTrouble: (message: string) => void
}

/** A look costs two questions of the store and one small file. */
const LOOK_MS = 10_000

export function openLearning(options: LearningOptions, closing: Closing): Learning {
  const { store, follow, onTrouble } = options
  const runs = newRuns(store)
  const own = schedule({ ...options, newRuns: runs })
  let trouble: string | null = null
  const look = async (): Promise<void> => {
    try {
      await follow()
      await own.look()
      trouble = null
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      // It is tried again soon, and told once.
      if (message !== trouble) onTrouble(message)
      trouble = message
    }
  }
  return {
    newRuns: runs,
    facts: own.facts,
    begin() {
      let last = look()
      const timer = setInterval(() => {
        last = look()
      }, LOOK_MS).unref()
      closing(() => {
        clearInterval(timer)
        return last
      })
    },
  }
}
