import { shortTokens, shortUsd } from '../../units.ts'
import { type Content, html } from './markup.ts'

/** The ends of a range of 8 in 10 and its middle; decimals of dollars or numbers. */
export interface SpanOf<Amount> {
  readonly p10: Amount
  readonly p50: Amount
  readonly p90: Amount
}

/** `$0.18 – $1.35`; one amount where the ends are shown alike. */
export function usdRange({ p10, p90 }: Pick<SpanOf<string>, 'p10' | 'p90'>): string {
  return between(shortUsd(Number(p10)), shortUsd(Number(p90)))
}

/** `410 k – 1.90 M`. */
export const tokenRange = ({ p10, p90 }: Pick<SpanOf<number>, 'p10' | 'p90'>): string =>
  between(shortTokens(p10), shortTokens(p90))

const between = (low: string, high: string): string => (low === high ? low : `${low} – ${high}`)

/** `2026-11-20 12:00 UTC`, for machines too; what is no time is shown as it is. */
export function momentOf(iso: string | null): Content {
  if (iso === null) return 'not recorded'
  if (Number.isNaN(Date.parse(iso))) return iso
  const text = new Date(iso).toISOString()
  return html`<time datetime="${text}">${text.slice(0, 10)} ${text.slice(11, 16)} UTC</time>`
}

/** `1 run`, `1,240 runs`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`

/** Where something is not known: the word, with the reason for it where there is one. */
export const unknownFor = (reason: string | null): Content =>
  reason === null ? 'unknown' : html`unknown <span class="why">${reason}</span>`

/** `×1.8`, in two significant digits, never below them. */
export function factorText(factor: number): string {
  if (factor >= 100) return `× ${Math.round(factor).toLocaleString('en-US')}`
  return `× ${factor >= 9.95 ? factor.toFixed(0) : factor.toFixed(factor < 1.095 ? 2 : 1)}`
}

/** Words in which code stands between backticks. */
export const withCode = (words: string): Content =>
  words.split('`').map((part, i, parts) => {
    // A backtick without another is one.
    if (i % 2 === 1 && i < parts.length - 1) return html`<code>${part}</code>`
    return i % 2 === 1 ? `\`${part}` : part
  })

/** Words of several paragraphs, with an empty line between them. */
export const paragraphs = (words: string): Content =>
  words.split(/\n{2,}/).map((part) => html`<p>${withCode(part)}</p>\n`)
