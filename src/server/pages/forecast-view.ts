import type { Estimate, UsdRange } from '../../forecast/estimate.ts'
import type { Range } from '../../forecast/range.ts'
import {
  type EstimateDocument,
  markedModel,
  oneLine,
  reasonsHead,
  type ShownReason,
  shownReasons,
  trustLines,
  whereLine,
} from '../../report/estimate-notes.ts'
import type { ForecastChoices, ForecastInput, InputError } from './forecast-input.ts'
import { ownPath } from './own-path.ts'
import type { PageAbout } from './page.ts'

/** The first page as data: the form as it stands, and the answer to it. What the page's JSON twin prints. */
export interface ForecastView {
  readonly schema: 'page-forecast/1'
  readonly about: PageAbout
  readonly input: ForecastInput
  readonly choices: ForecastChoices
  readonly errors: readonly InputError[]
  /** Null = nothing was asked, or it could not be answered. */
  readonly answer: AnswerView | null
}

/** A forecast, as it is shown. */
export interface AnswerView {
  /** Null = it was not kept. */
  readonly id: string | null
  /** Where its JSON is. */
  readonly href: string | null
  readonly title: string
  readonly where: string
  readonly budgetUsd: number | null
  readonly models: readonly ModelView[]
  /** Why the ranges may not hold, in a sentence; null = the task is like those trained on. */
  readonly warning: string | null
  readonly trust: readonly string[]
  readonly unknown: readonly UnknownView[]
}

/** The forecast of one model; unknown is null, its reason is among `unknown`. */
export interface ModelView {
  readonly model: string
  /** With the marks of the notes. */
  readonly marked: string
  readonly totalTokens: Range
  readonly outputTokens: Range
  readonly costUsd: UsdRange | null
  readonly resolved: number | null
  readonly overBudget: number | null
  readonly classes: Estimate['classes']
  readonly calls: Range | null
  readonly reasonsHead: string
  readonly raised: readonly ShownReason[]
  readonly lowered: readonly ShownReason[]
}

/** Something that is not known, of these models, and why. */
export interface UnknownView {
  readonly what: 'cost' | 'chance of success' | 'cached tokens' | 'calls'
  readonly models: readonly string[]
  readonly reason: string
}

/** What a forecast was answered with. */
export interface ForecastAnswer {
  readonly id: string | null
  readonly document: EstimateDocument
  readonly budgetUsd: number | null
}

/** The view of the first page. */
export function forecastView(parts: {
  readonly about: PageAbout
  readonly input: ForecastInput
  readonly choices: ForecastChoices
  readonly errors: readonly InputError[]
  readonly answer: ForecastAnswer | null
}): ForecastView {
  const { about, input, choices, errors, answer } = parts
  return {
    schema: 'page-forecast/1',
    about,
    input,
    choices,
    errors,
    answer: answer === null ? null : answerView(answer),
  }
}

function answerView({ id, document, budgetUsd }: ForecastAnswer): AnswerView {
  const { forecasts, title } = document
  const [first] = forecasts
  const isFamiliar = forecasts.every(({ basis }) => basis.familiarTask)
  return {
    id,
    href: id === null ? null : ownPath('v1', 'estimates', id),
    title: oneLine(title),
    where: first === undefined ? '' : whereLine(document, first),
    budgetUsd,
    models: forecasts.map(modelView),
    warning: isFamiliar ? null : UNFAMILIAR,
    trust: pageTrust(document),
    unknown: unknownOf(forecasts),
  }
}

const UNFAMILIAR = 'This task is unlike those the bundle was trained on: the ranges may be too narrow.'

function modelView(forecast: Estimate): ModelView {
  const reasons = shownReasons(forecast)
  return {
    model: forecast.model,
    marked: markedModel(forecast),
    totalTokens: forecast.totalTokens,
    outputTokens: forecast.outputTokens,
    costUsd: forecast.costUsd,
    resolved: forecast.resolved,
    overBudget: forecast.overBudget ?? null,
    classes: forecast.classes,
    calls: forecast.calls,
    reasonsHead: reasonsHead(forecast).replace(/:$/, ''),
    raised: reasons.filter(({ effect }) => effect > 1),
    lowered: reasons.filter(({ effect }) => effect < 1),
  }
}

/** The notes of the command line, where what to do is done in the form; what has a place of its own is not said twice. */
function pageTrust(document: EstimateDocument): readonly string[] {
  if (document.forecasts.length === 0) return []
  const told = { ...document, forecasts: document.forecasts.map((one) => ({ ...one, costReason: null })) }
  return trustLines(told)
    .filter((line) => !line.startsWith('! Unlike'))
    .map((line) => line.replace(/^! /, '').replace('add --repo PATH', 'name its repository'))
}

const UNKNOWNS = [
  ['cost', ({ costReason }: Estimate) => costReason],
  ['chance of success', ({ resolvedReason }: Estimate) => resolvedReason],
  ['cached tokens', ({ classesReason }: Estimate) => classesReason],
  ['calls', ({ callsReason }: Estimate) => callsReason],
] as const

function unknownOf(forecasts: readonly Estimate[]): readonly UnknownView[] {
  return UNKNOWNS.flatMap(([what, reasonOf]) => {
    const lacking = forecasts.flatMap((forecast) => {
      const reason = reasonOf(forecast)
      return reason === null ? [] : [{ model: oneLine(forecast.model), reason: oneLine(reason) }]
    })
    return [...Map.groupBy(lacking, ({ reason }) => reason)].map(([reason, of]) => ({
      what,
      models: of.map(({ model }) => model),
      reason,
    }))
  })
}
