import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { labelPlaces } from '../../../src/report/figures/label-places.ts'
import { spread } from '../../../src/report/figures/spread.ts'

const room = { left: 0, top: 0, right: 300, bottom: 200 }
const mark = fc.record({ x: fc.integer({ min: 0, max: 300 }), y: fc.integer({ min: 0, max: 200 }) })

describe('labels of marks', () => {
  it('never lie on one another, on a mark, or outside', () => {
    fc.assert(
      fc.property(fc.array(mark, { maxLength: 30 }), fc.integer({ min: 5, max: 90 }), (marks, width) => {
        const places = labelPlaces(
          marks.map((at) => ({ ...at, width, height: 10 })),
          { room, marks, bars: [] },
        ).filter((place) => place !== null)
        for (const [index, { x, y }] of places.entries()) {
          assert.ok(x >= 0 && x + width <= 300 && y - 5 >= 0 && y + 5 <= 200)
          assert.ok(marks.every((at) => at.x <= x || at.x >= x + width || at.y <= y - 5 || at.y >= y + 5))
          const others = places.slice(index + 1)
          assert.ok(others.every((other) => Math.abs(other.x - x) >= width || Math.abs(other.y - y) >= 10))
        }
      }),
    )
  })

  it('stand beside a mark that is alone', () => {
    const places = labelPlaces([{ x: 100, y: 100, width: 40, height: 10 }], {
      room,
      marks: [{ x: 100, y: 100 }],
      bars: [],
    })
    assert.deepEqual(places, [{ x: 106, y: 100, far: false }])
  })

  it('go around error bars where they can', () => {
    const bar = { left: 105, top: 80, right: 110, bottom: 120 }
    const wish = { x: 100, y: 100, width: 40, height: 10 }
    const [place] = labelPlaces([wish], { room, marks: [wish], bars: [bar] })
    assert.ok(place && place.x + 40 < 100)
  })

  it('go farther off, and say so, where marks stand close', () => {
    const marks = Array.from({ length: 6 }, (_, j) => ({ x: 150 + j, y: 100 }))
    const places = labelPlaces(
      marks.map((at) => ({ ...at, width: 60, height: 10 })),
      { room, marks, bars: [] },
    )
    assert.ok(places.every((place) => place !== null))
    assert.ok(places.some((place) => place?.far))
  })
})

describe('names at the ends of lines', () => {
  it('are moved apart, in order, within their room', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { minLength: 1, maxLength: 20 }),
        (heights) => {
          const placed = spread(heights, 10, 200)
          const sorted = [...placed].sort((a, b) => a - b)
          assert.ok(sorted.every((height, j) => j === 0 || height - (sorted[j - 1] ?? 0) >= 10 - 1e-6))
          assert.ok(sorted.every((height) => height >= -1e-6 && height <= 200 + 1e-6))
          const order = (of: readonly number[]) =>
            of.map((_, j) => j).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0) || a - b)
          assert.deepEqual(
            order(heights).map((j) => placed[j]),
            sorted,
          )
        },
      ),
    )
  })

  it('stay where they are where there is room', () => {
    assert.deepEqual(spread([100, 20, 60], 10, 200), [100, 20, 60])
  })
})
