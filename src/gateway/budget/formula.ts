import { KnownError } from '../../errors.ts'
import { TOKEN_CLASSES, type TokenClass } from '../../usage/usage.ts'
import type { Limits, Weights } from './limits.ts'

/** Decimals of a weight that count. */
const PLACES = 6

/**
 * A cap on a weighted sum of classes, as it is written: `input + 0.1 cacheRead + 5 output <= 200000`. `cacheWrite` means
 * both kinds of writes; classes that are not named count nothing.
 * @throws KnownError `bad-setting`, naming what cannot be read
 */
export function parseFormula(text: string): NonNullable<Limits['weighted']> {
  const [, sum = '', limit = ''] = /^(.+?)<=\s*([\d_]+)\s*$/.exec(text) ?? []
  const amount = Number(limit.replaceAll('_', ''))
  if (sum === '' || limit === '' || !Number.isSafeInteger(amount)) throw unreadable(text, text)
  const weights: Record<TokenClass, bigint> = {
    input: 0n,
    cacheRead: 0n,
    cacheWrite5m: 0n,
    cacheWrite1h: 0n,
    output: 0n,
  }
  for (const term of sum.split('+')) {
    const [, weight, name = ''] =
      /^\s*(?:(\d{1,6}(?:\.\d{1,6})?)\s*\*?\s*)?([A-Za-z]\w*)\s*$/.exec(term) ?? []
    const named = name === 'cacheWrite' ? (['cacheWrite5m', 'cacheWrite1h'] as const) : [classOf(name)]
    for (const one of named) {
      if (one === null) throw unreadable(text, term.trim())
      weights[one] += millionths(weight ?? '1')
    }
  }
  return { formula: text.trim(), weights: weights satisfies Weights, limit: amount }
}

const classOf = (name: string): TokenClass | null => TOKEN_CLASSES.find((known) => known === name) ?? null

function millionths(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole + fraction.padEnd(PLACES, '0'))
}

const unreadable = (text: string, part: string): KnownError =>
  new KnownError('bad-setting', `${JSON.stringify(part)} in the formula ${JSON.stringify(text)}`, {
    fix: `write it as "input + 0.1 cacheRead + 5 output <= 200000", of ${TOKEN_CLASSES.join(', ')}`,
  })
