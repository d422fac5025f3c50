import type { PlayerCounts } from '../gateway/cassette/player.ts'

/** How the replies of a replay were found: `4 replies, 1 to the same request, 3 guessed, as the next of the kind`. */
export function replayText({ strict, lenient, guess, again, missed, left }: PlayerCounts): string {
  const replies = strict + lenient + guess
  const ways = [
    [strict, 'to the same request'],
    [lenient, 'to the same but for dates, ids, folders and the like'],
    [guess, 'guessed, as the next of the kind'],
  ] as const
  const found = ways
    .filter(([count]) => count > 0)
    .map(([count, how]) => (count < replies ? `${count} ${how}` : count === 1 ? how : `all ${how}`))
  const parts = [
    [replies === 1 ? '1 reply' : `${replies} replies`, ...found].join(', '),
    ...(again > 0 ? [`${again} of them played again`] : []),
    ...(missed > 0 ? [`${missed} not found`] : []),
    ...(left > 0 ? [`${left} never asked for`] : []),
  ]
  return parts.join('; ')
}
