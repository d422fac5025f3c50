import type { Figure } from './figure.ts'

/** The reports there are. */
export const REPORT_NAMES = ['budget', 'consumption', 'forecast', 'noise', 'all', 'plan'] as const
export type ReportName = (typeof REPORT_NAMES)[number]

/** A report as data; every form of it (HTML, Markdown, text, JSON, CSV) is rendered from this. */
export interface Report {
  readonly schema: 'report/1'
  readonly name: ReportName
  readonly title: string
  /** What was looked at: names and values, such as `runs` and `10602`. */
  readonly about: readonly (readonly [name: string, value: string])[]
  /** The findings in plain words, most important first. */
  readonly summary: readonly string[]
  /** What no figure rests on, and why. */
  readonly excluded: readonly Exclusion[]
  readonly sections: readonly Section[]
}

/** Runs that a figure could not rest on. */
export interface Exclusion {
  readonly runs: number
  /** Such as `output tokens unknown`. */
  readonly why: string
  /** Which figures that concerns, such as `all token figures of tb / x`. */
  readonly from: string
}

export interface Section {
  /** Unique in the report; letters, digits and hyphens. */
  readonly id: string
  readonly title: string
  /** What is to be seen, in sentences: first what it means, then how it was found. */
  readonly words: readonly string[]
  readonly blocks: readonly Block[]
}

/** A part of a section: a table, or a figure with its table below it. */
export type Block =
  | { readonly kind: 'table'; readonly table: ReportTable }
  | { readonly kind: 'figure'; readonly figure: Figure; readonly table: ReportTable }

export interface ReportTable {
  /** Unique in the report; letters, digits and hyphens. */
  readonly id: string
  readonly title: string
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly Cell[])[]
  /** Definitions, methods, sources; empty = none needed. */
  readonly note: string
}

export interface Column {
  /** In JSON and CSV: `snake_case` with the unit, such as `total_tokens`. */
  readonly key: string
  /** For people, such as `total tokens`. */
  readonly head: string
  readonly unit: Unit
}

/**
 * What a column holds, which says how it is shown: a share of 0–1 in %, points (a difference of shares, .031) as
 * `+3.1 pp`, seconds as time, tokens with k and M, a score of 0–1 in four decimals.
 */
export type Unit =
  | 'text'
  | 'count'
  | 'share'
  | 'points'
  | 'tokens'
  | 'usd'
  | 'seconds'
  | 'factor'
  | 'score'
  | 'r'
  | 'p'
  | 'number'

/** Text, a bare figure, a figure with its interval, or why there is none. Never NaN. */
export type Cell = string | number | Measured | Unsaid

/** A figure with its 95 % interval (null = it has none, with the reason in the note) and what it rests on. */
export interface Measured {
  readonly estimate: number
  readonly low: number | null
  readonly high: number | null
  /** Observations behind it: runs, or tasks where the note says so. */
  readonly n: number
}

/** What cannot be said, and why: `one run only`, `no prices`. */
export interface Unsaid {
  readonly unsaid: string
}

/** The figure or why there is none: anything not finite must be one of these before it reaches a table. */
export const isUnsaid = (cell: Cell): cell is Unsaid => typeof cell === 'object' && 'unsaid' in cell
export const isMeasured = (cell: Cell): cell is Measured => typeof cell === 'object' && 'estimate' in cell
