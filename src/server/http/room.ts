import { KnownError } from '../../errors.ts'

/** Lets in so many at once, and gives what lets each out again. @throws KnownError `queue-full` for one more */
export function room(what: string, most: number): () => () => void {
  let inside = 0
  return () => {
    if (inside >= most) throw new KnownError('queue-full', `${inside} ${what} are under way`)
    inside++
    let isOut = false
    return () => {
      if (!isOut) inside--
      isOut = true
    }
  }
}
