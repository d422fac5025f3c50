import type { Place } from './layers.ts'

export interface LabelWish extends Place {
  readonly width: number
  readonly height: number
}

interface Area {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/**
 * Where the labels of marks go so that none lies on another label, on a mark or outside; null = there is no room.
 * The first come first; each takes the first free place of eight around its mark. Labels are set from their left, middle.
 */
export function labelPlaces(
  wishes: readonly LabelWish[],
  marks: readonly Place[],
  room: Area,
): readonly (Place | null)[] {
  const taken: Area[] = marks.map(({ x, y }) => ({
    left: x - MARK,
    top: y - MARK,
    right: x + MARK,
    bottom: y + MARK,
  }))
  return wishes.map((wish) => {
    const place = candidates(wish).find((at) => {
      const area = areaOf(at, wish)
      return inside(area, room) && !taken.some((other) => overlap(area, other))
    })
    if (place === undefined) return null
    taken.push(areaOf(place, wish))
    return place
  })
}

/** Half the width of a mark. */
const MARK = 3.2
const GAP = 6

function candidates({ x, y, width, height }: LabelWish): readonly Place[] {
  const [right, left, centre] = [x + GAP, x - GAP - width, x - width / 2]
  const [up, down] = [y - GAP - height / 2 + 1, y + GAP + height / 2 - 1]
  const near = height / 2 + 2
  return [
    { x: right, y },
    { x: left, y },
    { x: centre, y: up },
    { x: centre, y: down },
    { x: right - 2, y: y - near },
    { x: right - 2, y: y + near },
    { x: left + 2, y: y - near },
    { x: left + 2, y: y + near },
  ]
}

const areaOf = ({ x, y }: Place, { width, height }: LabelWish): Area => ({
  left: x,
  top: y - height / 2,
  right: x + width,
  bottom: y + height / 2,
})

const inside = (area: Area, room: Area): boolean =>
  area.left >= room.left && area.right <= room.right && area.top >= room.top && area.bottom <= room.bottom

const overlap = (a: Area, b: Area): boolean =>
  a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom
