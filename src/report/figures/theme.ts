/** Lengths are in px of 1/96 inch, as SVG has them: 10 px are 7.5 pt in print. */
export const FONT = 'Source Sans 3'
export const LABEL_SIZE = 10
export const TITLE_SIZE = 10.5
export const LINE_HEIGHT = 12.5

/** One and two columns of a paper: 3.5 and 7.16 inches. */
export const WIDTHS = { single: 336, double: 687.36 } as const
export type FigureWidth = keyof typeof WIDTHS

/** Around everything that is drawn. */
export const EDGE = 3

export const INK = '#1F2933'
export const SOFT_INK = '#52606D'
export const AXIS = '#8A949E'
export const GRID = '#E4E8EC'
export const PAPER = '#FFFFFF'

/**
 * Okabe and Ito's colours (https://jfly.uni-koeln.de/color/) without the yellow, which is lost on white; ordered so
 * that neighbours also differ in lightness.
 */
const COLOURS = ['#0072B2', '#E69F00', '#1A1A1A', '#009E73', '#56B4E9', '#D55E00', '#CC79A7'] as const

/** One more shape than colours, so that both together tell 56 series apart. */
const SHAPES = [
  'circle',
  'square',
  'triangle-up',
  'diamond',
  'cross',
  'triangle-down',
  'M-1,-.5L-.5,-1L0,-.5L.5,-1L1,-.5L.5,0L1,.5L.5,1L0,.5L-.5,1L-1,.5L-.5,0Z',
  'M-1,-.4H1V.4H-1Z',
] as const

/** One fewer dash than colours: both together tell 42 series apart. */
const DASHES = [[], [6, 2.5], [1.5, 2], [8, 2, 1.5, 2], [3, 2], [10, 3, 3, 3]] as const

/** How a series looks: colour, and shape or dash for those who do not see colours. */
export interface SeriesStyle {
  readonly colour: string
  readonly shape: string
  readonly dash: readonly number[]
}

export const seriesStyle = (index: number): SeriesStyle => ({
  colour: COLOURS[index % COLOURS.length] ?? INK,
  shape: SHAPES[index % SHAPES.length] ?? 'circle',
  dash: DASHES[index % DASHES.length] ?? [],
})

/** From dark to light in equal steps of lightness (CIE L* 17–89), each of another hue. */
const STEPS = [
  '#012C4A',
  '#633709',
  '#035F8B',
  '#C13C0C',
  '#11A77C',
  '#F19617',
  '#76CFF6',
  '#ECE46B',
] as const

/** Which of the steps two, three, four … parts take, as far apart as they can be. */
const CHOICES: readonly (readonly number[])[] = [
  [2, 5],
  [2, 4, 7],
  [0, 2, 4, 7],
  [0, 2, 4, 5, 7],
  [0, 2, 3, 4, 6, 7],
  [0, 1, 2, 3, 4, 6, 7],
  [0, 1, 2, 3, 4, 5, 6, 7],
]
export const MOST_PARTS = STEPS.length

/** Colours of the parts of a whole, dark to light, so that neighbours differ in grey too. */
export function partColours(count: number): readonly string[] {
  if (count === 1) return COLOURS.slice(0, 1)
  const choice = CHOICES[Math.min(count, MOST_PARTS) - 2] ?? []
  return choice.map((step) => STEPS[step] ?? INK)
}

/** Shades of a heat map, from least to most. */
const SHADES = ['#F2F7FC', '#D3E5F4', '#A9CFE8', '#74B0D8', '#2E79AE', '#185C93', '#083A6B'] as const

/** The shade for a share of 0–1, and an ink that can be read on it. */
export function shade(share: number): { readonly fill: string; readonly ink: string } {
  const index = Math.min(SHADES.length - 1, Math.floor(share * SHADES.length))
  const fill = SHADES[index] ?? PAPER
  return { fill, ink: inkOn(fill) }
}

/** Of both inks the one with more contrast on a colour (WCAG 2.2, relative luminance). */
export const inkOn = (colour: string): string =>
  contrast(luminance(colour), luminance(INK)) > contrast(luminance(colour), 1) ? INK : PAPER

function contrast(one: number, other: number): number {
  return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
