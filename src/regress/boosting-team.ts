/** Threads that fit one forest together: each runs the same program on columns of its own, and they agree by talking. */
export interface Team {
  readonly size: number
  /** Of this thread among them, from 0. */
  readonly place: number
  /** Waits until all have said something; tells what each said, in the order of their places. */
  readonly exchange: (said: readonly number[]) => readonly (readonly number[])[]
}

/** A team of one. */
export const ALONE: Team = { size: 1, place: 0, exchange: (said) => [said] }

/** From where to where a member's share of so many things goes: in order, without gaps, about equally many. */
export function shareOf(
  { size, place }: Team,
  count: number,
): { readonly from: number; readonly to: number } {
  const border = (k: number): number => Math.floor((count * k) / size)
  return { from: border(place), to: border(place + 1) }
}
