import type { Team } from '../../regress/boosting-team.ts'

/** Memory through which threads talk. */
export interface Meeting {
  readonly size: number
  /** How many have arrived, and how many times all have. */
  readonly control: Int32Array
  /** What each says: how many numbers, then these. Twice, for the last time and the time before. */
  readonly words: Float64Array
}

const [ARRIVED, MET] = [0, 1]

/** So many looks at a number take as long as it takes to fall asleep and be woken. */
const LOOKS = 2000

/** For so many threads, which say at most so many numbers at a time. */
export const meetingOf = (size: number, mostNumbers: number): Meeting => ({
  size,
  control: new Int32Array(new SharedArrayBuffer(8)),
  words: new Float64Array(new SharedArrayBuffer(8 * 2 * size * (1 + mostNumbers))),
})

/** The team as one of its threads sees it. It blocks the thread until all have come: never for one that serves others. */
export function teamAt(meeting: Meeting, place: number): Team {
  const { size, words } = meeting
  const width = words.length / (2 * size)
  let times = 0
  return {
    size,
    place,
    exchange(said) {
      if (said.length >= width) throw new Error(`${said.length} numbers, at most ${width - 1} can be said`)
      // Nobody writes here again before all have come once more, and so have read this.
      const start = (times % 2) * size * width
      words[start + place * width] = said.length
      words.set(said, start + place * width + 1)
      meet(meeting, times++)
      return Array.from({ length: size }, (_, k) => {
        const at = start + k * width
        return [...words.subarray(at + 1, at + 1 + (words[at] as number))]
      })
    },
  }
}

function meet({ control, size }: Meeting, times: number): void {
  if (Atomics.add(control, ARRIVED, 1) === size - 1) {
    Atomics.store(control, ARRIVED, 0)
    Atomics.store(control, MET, (times + 1) | 0)
    Atomics.notify(control, MET)
    return
  }
  for (let look = 0; look < LOOKS; look++) if (Atomics.load(control, MET) !== (times | 0)) return
  while (Atomics.load(control, MET) === (times | 0)) Atomics.wait(control, MET, times | 0)
}
