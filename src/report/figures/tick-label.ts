import type { Axis } from '../figure.ts'

/** The label of a tick: `1.5 M`, `$0.50`, `60 %`. `step` is the distance of ticks; null on a logarithmic axis. */
export function tickLabel(at: number, { title, scale }: Axis, step: number | null): string {
  const sign = at < 0 ? '−' : ''
  const size = Math.abs(at)
  if (scale === 'share') return `${sign}${fixed(size * 100, step === null ? null : step * 100)} %`
  const text = scaled(size, step)
  return `${sign}${MONEY.test(title) ? `$${text.replace(/^(\d+\.\d)$/, '$10')}` : text}`
}

const MONEY = /\bUSD\b|\$|\bdollars?\b/i

function scaled(size: number, step: number | null): string {
  const [unit, word] = SCALES.find(([unit]) => size >= unit) ?? [1, '']
  const digits = fixed(size / unit, step === null ? null : step / unit)
  return word === '' ? digits : `${Number(digits)}${word}`
}

const SCALES = [
  [1e12, ' T'],
  [1e9, ' B'],
  [1e6, ' M'],
  [1e3, ' k'],
] as const

/** With as many decimals as the step has, so that ticks have equally many. */
function fixed(value: number, step: number | null): string {
  if (step === null) return String(Number(value.toPrecision(3)))
  return value.toFixed(decimals(step))
}

/** At most as many as a number has digits. */
function decimals(step: number): number {
  for (let count = 0; count < 12; count++) {
    if (Math.abs(step * 10 ** count - Math.round(step * 10 ** count)) < 1e-6) return count
  }
  return 12
}
