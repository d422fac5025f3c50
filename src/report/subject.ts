import type { Episodes } from '../store/episodes.ts'
import { type Quantities, quantitiesOf } from './quantities.ts'
import { type Field, fieldsOf } from './system.ts'

/** What a report is about: the runs, as columns, and what is measured of each. */
export interface Subject {
  readonly episodes: Episodes
  readonly quantities: Quantities
  readonly fields: readonly Field[]
}

export const subjectOf = (episodes: Episodes): Subject => ({
  episodes,
  quantities: quantitiesOf(episodes),
  fields: fieldsOf(episodes),
})
