import type { PlayerCounts } from '../gateway/cassette/player.ts'

/** How the replies of a replay were found: `4 replies: 1 to the same request, 3 to one that differs in dates, …`. */
export function replayText({ strict, lenient, guess, again, missed, left }: PlayerCounts): string {
  const found = [
    ...(strict > 0 ? [`${strict} to the same request`] : []),
    ...(lenient > 0 ? [`${lenient} to the same but for dates, ids, folders and the like`] : []),
    ...(guess > 0 ? [`${guess} guessed, as the next of the kind`] : []),
  ]
  const replies = strict + lenient + guess
  const parts = [
    `${replies} ${replies === 1 ? 'reply' : 'replies'}${found.length > 0 ? `: ${found.join(', ')}` : ''}`,
    ...(again > 0 ? [`${again} of them played again`] : []),
    ...(missed > 0 ? [`${missed} not found`] : []),
    ...(left > 0 ? [`${left} never asked for`] : []),
  ]
  return parts.join('; ')
}
