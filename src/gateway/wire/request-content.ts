import { isMembers, type Members } from '../../trajectory/json-head.ts'
import type { RequestFacts } from '../exchange/exchange.ts'

/** What the body of a request says in its dialect, beside the model and whether to stream. */
export interface RequestContent {
  /** The most that all answers to it together may hold, in tokens; null = the request sets no limit. */
  readonly maxOutput: number | null
  /** All answers of tools that it carries, old and new, in order. */
  readonly toolResults: RequestFacts['toolResults']
  /** Images, sounds, files and addresses: their tokens do not follow from the bytes. */
  readonly mediaParts: number
  /** Whether a part of the prompt lies with the provider, so that it cannot be counted here. */
  readonly remembers: boolean
  /** Tools that the provider runs itself within the call: what they find is input that nobody can foresee. */
  readonly hostedTools: number
}

/** The objects of a list; none where there is no list. */
export function membersIn(list: unknown): readonly Members[] {
  return Array.isArray(list) ? list.filter(isMembers) : []
}

/** A number of tokens or of answers; null for anything else, which a provider refuses or ignores. */
export function wholeNumber(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

/** How many answers are asked for; what is no count asks for one. */
export const answersOf = (value: unknown): number => Math.max(1, wholeNumber(value) ?? 1)

export const textOr = <T>(value: unknown, other: T): string | T =>
  typeof value === 'string' && value !== '' ? value : other

/**
 * Ids for answers of tools that are told by name alone: the first one of `read` is `read#1`. As a request carries the
 * whole conversation, an answer has the same id in every request.
 */
export function idsByName(): (name: string) => string {
  const counts = new Map<string, number>()
  return (name) => {
    const count = (counts.get(name) ?? 0) + 1
    counts.set(name, count)
    return `${name}#${count}`
  }
}
