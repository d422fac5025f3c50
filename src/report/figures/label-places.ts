import type { Place } from './layers.ts'

export interface LabelWish extends Place {
  readonly width: number
  readonly height: number
}

export interface Area {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

/** What labels go around. */
export interface Obstacles {
  /** Where all labels are to be. */
  readonly room: Area
  readonly marks: readonly Place[]
  /** Error bars: crossed where there is no other way. */
  readonly bars: readonly Area[]
}

/** A label, set from its left, middle; `far`: a line is needed to say to which mark it belongs. */
export interface LabelPlace extends Place {
  readonly far: boolean
}

/**
 * Where the labels of marks go so that none lies on another label, on a mark or outside; null = there is no room.
 * The first come first; each takes the first free place of those around its mark, near ones first.
 */
export function labelPlaces(wishes: readonly LabelWish[], around: Obstacles): readonly (LabelPlace | null)[] {
  const taken = around.marks.map(({ x, y }) => ({
    left: x - MARK,
    top: y - MARK,
    right: x + MARK,
    bottom: y + MARK,
  }))
  const rings = wishes.length <= MOST_FAR ? [0, 9, 20, 32, 46] : [0]
  return wishes.map((wish) => {
    const possible = rings.flatMap((far) => candidates(wish, far))
    const free = possible.filter((at) => {
      const area = areaOf(at, wish)
      return inside(area, around.room) && !taken.some((other) => overlap(area, other))
    })
    const clear = free.find((at) => !around.bars.some((bar) => overlap(areaOf(at, wish), bar)))
    const place = clear ?? free[0]
    if (place === undefined) return null
    taken.push(areaOf(place, wish))
    return place
  })
}

/** Half the width of a mark. */
const MARK = 3.2
const GAP = 6
/** Of more labels, none goes farther off than beside its mark: lines to all of them could not be told apart. */
const MOST_FAR = 40

function candidates({ x, y, width, height }: LabelWish, far: number): readonly LabelPlace[] {
  const [right, left, centre] = [x + GAP + far, x - GAP - far - width, x - width / 2]
  const rise = GAP + height / 2 - 1 + far
  const near = far === 0 ? height / 2 + 2 : far * 0.9
  const places = [
    { x: right, y },
    { x: left, y },
    { x: centre, y: y - rise },
    { x: centre, y: y + rise },
    { x: right - 2, y: y - near },
    { x: right - 2, y: y + near },
    { x: left + 2, y: y - near },
    { x: left + 2, y: y + near },
  ]
  return places.map((place) => ({ ...place, far: far > 0 }))
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
