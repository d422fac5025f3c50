import { KnownError } from '../../errors.ts'
import type { Estimate } from '../../forecast/estimate.ts'
import type { Answer } from '../../store/answers.ts'
import { isAllowed } from '../auth/principal.ts'
import { answerTo } from '../forecasting/answer-to.ts'
import { checked } from '../http/checked.ts'
import { MalformedRequest } from '../http/problem.ts'
import {
  EMPTY_INPUT,
  type ForecastChoices,
  type ForecastField,
  type ForecastInput,
  forecastInput,
  type InputError,
  modelsAsked,
} from '../pages/forecast-input.ts'
import { forecastPage } from '../pages/forecast-page.ts'
import { type ForecastAnswer, forecastView } from '../pages/forecast-view.ts'
import { EstimateAsked } from '../schemas/estimate-asked.ts'
import type { ServiceContext } from '../service-context.ts'
import type { AskedPage, PageAnswer } from './asked-page.ts'

/** `GET /`: the form. */
export const forecastForm = (asked: AskedPage): PageAnswer =>
  answered(asked, { input: EMPTY_INPUT, errors: [], answer: null })

/** `POST /`: the form, with the forecast that was asked for, or with what is wrong. */
export async function forecastAnswer(asked: AskedPage): Promise<PageAnswer> {
  const { context, principal, form, signal } = asked
  const input = forecastInput(form)
  if (!isAllowed(principal, 'estimate')) throw new KnownError('scope-missing', '"estimate" is needed')
  try {
    const body = checked(EstimateAsked, requestOf(input), 'the form')
    const answer = await answerTo(context, { asked: body, actor: principal.actor, signal })
    await context.writer.write({ answer })
    return answered(asked, { input, errors: [], answer: shown(answer, body) })
  } catch (error) {
    const errors = errorsOf(error, input)
    if (errors.length === 0) throw error
    return answered(asked, { input, errors, answer: null })
  }
}

interface Answered {
  readonly input: ForecastInput
  readonly errors: readonly InputError[]
  readonly answer: ForecastAnswer | null
}

function answered({ context, about }: AskedPage, parts: Answered): PageAnswer {
  const view = forecastView({ about, choices: choicesOf(context), ...parts })
  return { status: parts.errors.length === 0 ? 200 : 422, view, page: forecastPage(view) }
}

function choicesOf({ inForce, registered }: ServiceContext): ForecastChoices {
  const { pairs } = inForce().forecaster.bundle
  return {
    models: [...new Set(pairs.map(({ model }) => model))].sort(),
    agents: [...new Set(pairs.map(({ agent }) => agent))].sort(),
    repositories: registered,
  }
}

/** The form as the API takes it; what is left empty is not said. */
function requestOf(input: ForecastInput): unknown {
  const { title, body, repository, commit, agent, budgetUsd } = input
  const said = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim())
  const place = said(repository)
  const isAddress = place !== undefined && /^[a-z][a-z+.-]*:/i.test(place)
  const models = modelsAsked(input)
  return {
    issue: { title: said(title), body: said(body) === undefined ? undefined : body },
    ...(place === undefined && said(commit) === undefined
      ? {}
      : { repository: { ...(isAddress ? { url: place } : { name: place }), commit: said(commit) } }),
    agent: said(agent),
    ...(models.length === 0 ? {} : { models }),
    budgetUsd: said(budgetUsd)?.replace(/^\$\s*/, ''),
  }
}

/** The fields of the form by their places in the request, what is wrong with one that is not taken, and what to do. */
const FIELDS: readonly (readonly [RegExp, ForecastField, string, string])[] = [
  [/^\/issue/, 'title', 'There is no issue', 'give its title, or its text'],
  [/^\/repository\/commit/, 'commit', 'Not a commit', 'give a commit, a tag or a branch'],
  [
    /^\/repository/,
    'repository',
    'Not a repository',
    'give owner/name, or an address such as https://host/owner/name.git',
  ],
  [/^\/agent/, 'agent', 'Not an agent', 'give a name in one line, of at most 200 characters'],
  [/^\/models/, 'otherModels', 'Not names of models', 'give names in one line, with commas between'],
  [/^\/budgetUsd/, 'budgetUsd', 'Not an amount', 'give dollars above 0, such as 1.50'],
]

const CODES: Readonly<Record<string, ForecastField>> = {
  'repository-refused': 'repository',
  'repository-failed': 'repository',
  'commit-not-found': 'commit',
  'issue-empty': 'body',
  'issue-too-large': 'body',
  'issue-not-text': 'body',
}

/** What is wrong in the form; empty = nothing in it is. */
function errorsOf(error: unknown, input: ForecastInput): readonly InputError[] {
  if (error instanceof MalformedRequest) {
    return error.mistakes.map(({ pointer, detail }) => {
      const [, field, what, fix] = FIELDS.find(([place]) => place.test(pointer)) ?? []
      if (field === undefined || what === undefined || fix === undefined)
        return { field: null, message: detail, fix: 'correct it' }
      const sent = String(input[field]).slice(0, 200)
      return { field, message: sent.trim() === '' ? what : `${what}: ${sent}`, fix }
    })
  }
  if (!(error instanceof KnownError) || !(error.code in CODES)) return []
  return [{ field: CODES[error.code] ?? null, message: error.detail, fix: error.fix }]
}

function shown(answer: Answer, { budgetUsd }: EstimateAsked): ForecastAnswer {
  const { id, title, task, unread, forecasts } = answer
  return {
    id,
    budgetUsd: budgetUsd == null ? null : Number(budgetUsd),
    document: {
      ...{ id: task.id, title, repository: task.repository, commit: task.commit, unread },
      forecasts: forecasts.map(({ document }) => JSON.parse(document) as Estimate),
    },
  }
}
