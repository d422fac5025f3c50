/** Moves heights apart to `distance` at least, each as little as may be, within 0–`room`; in the order given. */
export function spread(heights: readonly number[], distance: number, room: number): readonly number[] {
  const order = heights
    .map((_, index) => index)
    .sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0) || a - b)
  const groups: { members: number[]; centre: number }[] = []
  for (const index of order) {
    groups.push({ members: [index], centre: heights[index] ?? 0 })
    mergeLast(groups, heights, distance, room)
  }
  const placed = [...heights]
  for (const { members, centre } of groups) {
    const first = centre - ((members.length - 1) * distance) / 2
    for (const [j, index] of members.entries()) placed[index] = first + j * distance
  }
  return placed
}

/** The last group takes in the one before it as long as they would overlap. */
function mergeLast(
  groups: { members: number[]; centre: number }[],
  heights: readonly number[],
  distance: number,
  room: number,
): void {
  const last = groups.at(-1)
  if (last === undefined) return
  const half = ((last.members.length - 1) * distance) / 2
  const mean = last.members.reduce((sum, index) => sum + (heights[index] ?? 0), 0) / last.members.length
  last.centre = Math.max(half, Math.min(room - half, mean))
  const before = groups.at(-2)
  if (before === undefined) return
  const end = before.centre + ((before.members.length - 1) * distance) / 2
  if (last.centre - half - end >= distance - 1e-9) return
  groups.splice(-2, 2, { members: [...before.members, ...last.members], centre: 0 })
  mergeLast(groups, heights, distance, room)
}
