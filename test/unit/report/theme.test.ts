import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { inkOn, MOST_PARTS, partColours, seriesStyle, shade } from '../../../src/report/figures/theme.ts'

describe('the colours of figures', () => {
  it('tell 42 series apart by colour and dash, 56 by colour and shape, the first six by each alone', () => {
    const styles = Array.from({ length: 56 }, (_, j) => seriesStyle(j))
    assert.equal(new Set(styles.map(({ colour, shape }) => `${colour} ${shape}`)).size, 56)
    assert.equal(new Set(styles.slice(0, 42).map(({ colour, dash }) => `${colour} ${dash}`)).size, 42)
    for (const key of ['colour', 'shape', 'dash'] as const) {
      assert.equal(new Set(styles.slice(0, 6).map((style) => String(style[key]))).size, 6)
    }
  })

  it('tell parts apart in grey: each next one is lighter by 7 L* or more, for red-green blind people too', () => {
    for (let count = 2; count <= MOST_PARTS; count++) {
      for (const see of [normal, deuteranopic]) {
        const steps = partColours(count).map((colour) => lightness(see(colour)))
        for (const [j, step] of steps.entries()) {
          assert.ok(j === 0 || step - (steps[j - 1] ?? 0) >= 7, `${count}: ${steps}`)
        }
      }
    }
  })

  it('let words on them be read: a contrast of 4.5 or more', () => {
    const fills = [
      ...partColours(MOST_PARTS),
      ...partColours(1),
      ...[0, 0.2, 0.35, 0.5, 0.65, 0.8, 1].map((share) => shade(share).fill),
    ]
    for (const fill of fills) assert.ok(contrast(fill, inkOn(fill)) >= 4.5, fill)
  })

  it('grow darker with the value in a heat map', () => {
    const steps = [0, 0.2, 0.35, 0.5, 0.65, 0.8, 1].map((share) => lightness(normal(shade(share).fill)))
    assert.ok(steps.every((step, j) => j === 0 || step < (steps[j - 1] ?? 0)))
  })
})

type Light = readonly [red: number, green: number, blue: number]

function normal(colour: string): Light {
  const part = (at: number) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  }
  return [part(1), part(3), part(5)]
}

/** Machado, Oliveira and Fernandes 2009, severity 1, in linear light. */
function deuteranopic(colour: string): Light {
  const [r, g, b] = normal(colour)
  return [
    0.367322 * r + 0.860646 * g - 0.227968 * b,
    0.280085 * r + 0.672501 * g + 0.047413 * b,
    -0.01182 * r + 0.04294 * g + 0.968881 * b,
  ]
}

const luminance = ([r, g, b]: Light): number => 0.2126 * r + 0.7152 * g + 0.0722 * b

/** CIE L*. */
function lightness(light: Light): number {
  const y = luminance(light)
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y
}

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(normal(one)), luminance(normal(other))]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}
