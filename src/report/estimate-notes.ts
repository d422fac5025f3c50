import type { Estimate } from '../forecast/estimate.ts'

/** The answer of `estimate` for one task. */
export interface EstimateDocument {
  readonly id: string | null
  readonly title: string
  readonly repository: string | null
  readonly commit: string | null
  readonly unread: number
  readonly forecasts: readonly Estimate[]
}

export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()

/** What was read, and what is forecast: `django/django at 876e0c1f4 · one run of openhands`. */
export function whereLine({ repository, commit }: EstimateDocument, { agent, basis }: Estimate): string {
  const place = [repository ?? (commit && 'repository'), commit && `at ${commit.slice(0, 9)}`]
  const known = place.filter((part) => part !== null).join(' ')
  const what = basis.meanOf === 1 ? 'one run' : `the mean of ${basis.meanOf} runs`
  const read = basis.repository ? known : `${known === '' ? '' : `${known}, `}no repository read`
  return oneLine(`${read} · ${what} of ${agent}`)
}

/** The name of the model, with the mark of the note on what the pair rests on. */
export function markedModel({ model, basis }: Estimate): string {
  const marks = { trained: '', 'other-agent': ' *', unseen: ' **' } as const
  return oneLine(`${model}${marks[basis.kinship]}`)
}

/** A reason as it is shown. */
export interface ShownReason {
  readonly effect: number
  readonly words: string
}

/** The reasons that change something, those that raise first; a feature's scale is left out of its words. */
export function shownReasons({ basis }: Estimate): readonly ShownReason[] {
  const shown = basis.reasons.map(({ effect, meaning }) => ({ effect, words: inWords(meaning) }))
  return [...shown.filter(({ effect }) => effect >= 1.01), ...shown.filter(({ effect }) => effect <= 0.99)]
}

/** What the factors of the reasons are of: those of the first model are shown. */
export const reasonsHead = ({ model }: Estimate): string =>
  `Against an average task, total tokens of ${oneLine(model)}:`

const inWords = (meaning: string): string => meaning.replace(/^log /, '').replace(/^1 if /, 'whether ')

/** How far to trust the figures, and what was assumed of costs; one sentence each. */
export function trustLines({ forecasts, unread }: EstimateDocument): readonly string[] {
  const bases = forecasts.map(({ basis }) => basis)
  const lines = [REGIMES[bases[0]?.regime ?? 'issue']]
  if (bases.some(({ familiarTask }) => !familiarTask)) {
    lines.push('! Unlike the tasks it was trained on: the ranges may be too narrow.')
  }
  lines.push(...calibrationNotes(forecasts))
  if (bases.some(({ kinship }) => kinship === 'other-agent')) {
    lines.push('* Not trained on with this agent: from another agent with this model, in a wider range.')
  }
  if (bases.some(({ kinship }) => kinship === 'unseen')) {
    lines.push('** Never trained on: what the models known have in common, in a wider range.')
  }
  if (unread > 0) lines.push(`! ${unread} source ${unread === 1 ? 'file' : 'files'} could not be read.`)
  return [...lines, ...costNotes(forecasts)]
}

/** `Corrected by runs since: gpt-5 × 1.82, its range × 1.10 as wide (143 runs).` */
function calibrationNotes(forecasts: readonly Estimate[]): readonly string[] {
  const words = forecasts.flatMap(({ model, totalTokens, basis: { calibration } }) => {
    if (calibration?.total == null) return []
    const { runs, shift, lower, upper } = calibration.total
    const [low, high] = [
      Math.log(totalTokens.p50 / totalTokens.p10),
      Math.log(totalTokens.p90 / totalTokens.p50),
    ]
    const width = (low + high) / (low / lower + high / upper)
    const range = Number.isFinite(width) ? `, its range × ${width.toFixed(2)} as wide` : ''
    return [
      `${oneLine(model)} × ${(10 ** shift).toFixed(2)}${range} (${runs} ${runs === 1 ? 'run' : 'runs'})`,
    ]
  })
  return words.length === 0 ? [] : [`Corrected by runs since: ${words.join('; ')}.`]
}

function costNotes(forecasts: readonly Estimate[]): readonly string[] {
  const models = new Map<string, string[]>()
  for (const { model, basis, costReason } of forecasts) {
    const unknown =
      costReason === null ? [] : [`cost unknown, ${oneLine(costReason)} → give a price with --prices FILE`]
    for (const note of [...basis.notes, ...unknown]) {
      models.set(note, [...(models.get(note) ?? []), oneLine(model)])
    }
  }
  return [...models].map(([note, of]) => `${of.join(', ')}: ${note}.`)
}

const REGIMES: Readonly<Record<Estimate['basis']['regime'], string>> = {
  known: 'Other tasks of this repository were trained on; ranges like these held 8 in 10 times.',
  new: 'This repository was not trained on; for such ones, ranges like these held 8 in 10 times.',
  issue: 'From the issue alone → add --repo PATH for a narrower range.',
}

/** A share for people, never rounded to nothing or to certainty: `<1 %`, `37 %`, `>99 %`. */
export function shortPercent(share: number): string {
  if (share > 0 && share < 0.01) return '<1 %'
  if (share < 1 && share > 0.99) return '>99 %'
  return `${Math.round(share * 100)} %`
}
