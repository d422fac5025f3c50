import type { Unsaid } from '../document.ts'
import { amountText } from '../report-cell.ts'
import type { Field } from '../system.ts'
import type { Effect } from './effects.ts'
import { isBelow } from './multipliers.ts'

/** Which effects are larger than chance, and what they may be of instead, in plain words. */
export function effectWords({ benchmark }: Field, effects: readonly Effect[]): readonly string[] {
  const found = effects.flatMap((effect) => foundWords(effect))
  if (found.length > 0) return found.map((words) => `${benchmark}: ${words}.`)
  const tested = effects.filter((effect) => outcomesOf(effect).some(([, p]) => typeof p === 'number'))
  if (tested.length === 0) return []
  const names = tested.map(({ factor }) => factor.name)
  return [`${benchmark}: no effect of ${listed(names, 'or')} beyond chance was seen.`]
}

const outcomesOf = ({
  resolvedP,
  infraP,
  tokensP,
}: Effect): readonly (readonly [string, number | Unsaid])[] => [
  ['the resolution rate', resolvedP],
  ['the rate of infra errors', infraP],
  ['tokens a run', tokensP],
]

function foundWords(effect: Effect): readonly string[] {
  const real = outcomesOf(effect).flatMap(([what, p]) =>
    typeof p === 'number' && isBelow(p) ? [`${what} (${amountText(p, 'p')})`] : [],
  )
  if (real.length === 0) return []
  const { factor, follows, tests } = effect
  const verb = real.length === 1 && !real[0]?.startsWith('tokens') ? 'differs' : 'differ'
  const also = follows.map((what) => ({ day: 'days', host: 'hosts' })[what])
  const caveat = also.length === 0 ? '' : `; it went with ${listed(also, 'and')}, whose effect it may be`
  return [
    `${listed(real, 'and')} ${verb} by ${factor.name} by more than chance, adjusted for ${tests} tests${caveat}`,
  ]
}

/** `a`, `a and b`, `a, b and c`. */
function listed(names: readonly string[], word: 'and' | 'or'): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} ${word} ${last}`
}
