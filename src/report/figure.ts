/** A figure as data. How it looks (colours, marks, fonts) is the matter of `figures/`. */
export interface Figure {
  /** Unique in the report, and the name of its file: letters, digits and hyphens. */
  readonly id: string
  readonly title: string
  /** What to see in it, in one sentence, for those who do not see it. */
  readonly alt: string
  readonly chart: Chart
}

export type Chart = PointsChart | LinesChart | BarsChart | StacksChart | HeatChart

export interface Axis {
  /** With its unit: `total tokens per run`, `cost (USD)`. */
  readonly title: string
  /** `share`: 0–1, labelled in %. On `log` only values above 0 are drawn. */
  readonly scale: 'linear' | 'log' | 'share'
}

/** Marks in a plane; error bars where low and high are given. */
export interface PointsChart {
  readonly kind: 'points'
  readonly x: Axis
  readonly y: Axis
  readonly points: readonly Point[]
  /** Draws y = x. */
  readonly diagonal?: boolean
  /** Draws the lines x = at or y = at, with a label. */
  readonly rules?: readonly Rule[]
}

export interface Point {
  readonly x: number
  readonly y: number
  /** Marks of one series share colour and shape. */
  readonly series: string
  /** Written beside the mark. */
  readonly label?: string
  readonly low?: number
  readonly high?: number
  readonly xLow?: number
  readonly xHigh?: number
}

export interface Rule {
  readonly axis: 'x' | 'y'
  readonly at: number
  readonly label: string
}

/** Curves, with a band where low and high are given. `step`: the value holds until the next point. */
export interface LinesChart {
  readonly kind: 'lines'
  readonly x: Axis
  readonly y: Axis
  readonly step?: boolean
  readonly lines: readonly {
    readonly series: string
    readonly points: readonly {
      readonly x: number
      readonly y: number
      readonly low?: number
      readonly high?: number
    }[]
  }[]
  readonly rules?: readonly Rule[]
}

/** A value for each name, horizontal, in the order given; grouped by series where there are several. */
export interface BarsChart {
  readonly kind: 'bars'
  readonly value: Axis
  /** `dots` for scales that do not begin at 0 (log, r, differences). */
  readonly mark: 'bars' | 'dots'
  readonly bars: readonly {
    readonly name: string
    readonly value: number
    readonly low?: number
    readonly high?: number
    readonly series?: string
  }[]
  readonly rules?: readonly Rule[]
}

/** Parts of a whole for each name, horizontal. */
export interface StacksChart {
  readonly kind: 'stacks'
  readonly value: Axis
  /** Each stack is 100 %. */
  readonly normalised: boolean
  readonly stacks: readonly {
    readonly name: string
    readonly parts: readonly { readonly series: string; readonly value: number }[]
  }[]
}

/** A table in shades, each column from its least (light) to its most (dark), the figure written in each cell. */
export interface HeatChart {
  readonly kind: 'heat'
  readonly rows: readonly string[]
  readonly columns: readonly string[]
  /** One for each row and column, row by row; null = unknown, drawn hatched or blank. `text` is what is written in it. */
  readonly cells: readonly { readonly value: number | null; readonly text: string }[]
}
