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

  it('tell neighbouring parts apart in grey, by 7 L* or more, and to the red-green blind, by 20 of CIE 1976', () => {
    for (let count = 2; count <= MOST_PARTS; count++) {
      const colours = partColours(count)
      for (const [j, colour] of colours.slice(1).entries()) {
        const before = colours[j] ?? ''
        assert.ok(lab(normal(colour))[0] - lab(normal(before))[0] >= 7, `${before} ${colour}`)
        for (const see of [deuteranopic, protanopic]) {
          assert.ok(distance(lab(see(before)), lab(see(colour))) >= 20, `${before} ${colour}`)
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
    const steps = [0, 0.2, 0.35, 0.5, 0.65, 0.8, 1].map((share) => lab(normal(shade(share).fill))[0])
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
const deuteranopic = (colour: string): Light =>
  seenBy(colour, [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ])
const protanopic = (colour: string): Light =>
  seenBy(colour, [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ])

function seenBy(colour: string, eye: readonly [Light, Light, Light]): Light {
  const light = normal(colour)
  const part = (row: Light) =>
    Math.min(1, Math.max(0, row[0] * light[0] + row[1] * light[1] + row[2] * light[2]))
  return [part(eye[0]), part(eye[1]), part(eye[2])]
}

const luminance = ([r, g, b]: Light): number => 0.2126 * r + 0.7152 * g + 0.0722 * b

/** CIE L*a*b* of sRGB light, white D65. */
function lab(light: Light): Light {
  const [r, g, b] = light
  const root = (value: number) => (value > 0.008856 ? Math.cbrt(value) : 7.787 * value + 16 / 116)
  const x = root((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047)
  const y = root(luminance(light))
  const z = root((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883)
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
}

const distance = (one: Light, other: Light): number =>
  Math.hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2])

function contrast(one: string, other: string): number {
  const [a, b] = [luminance(normal(one)), luminance(normal(other))]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}
