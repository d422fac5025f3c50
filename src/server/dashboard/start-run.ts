import { KnownError } from '../../errors.ts'
import { isAllowed } from '../auth/principal.ts'
import { checked } from '../http/checked.ts'
import { MalformedRequest } from '../http/problem.ts'
import type { InputError } from '../pages/forecast-input.ts'
import { type RunField, type RunInput, runInput } from '../pages/run-input.ts'
import { runTaken } from '../routes/run-taken.ts'
import { RunAsked } from '../schemas/run-asked.ts'
import type { AskedPage, PageAnswer } from './asked-page.ts'
import { runsLog } from './runs.ts'

/** `POST /runs`: starts a run, and shows how it goes on; or shows what is wrong in the form. */
export async function startRunForm(asked: AskedPage): Promise<PageAnswer> {
  const { context, principal, form } = asked
  if (!isAllowed(principal, 'run')) throw new KnownError('scope-missing', '"run" is needed')
  const input = runInput(form)
  try {
    const taken = runTaken(context, principal, checked(RunAsked, requestOf(input), 'the form'))
    await context.writer.write({ job: taken.job })
    taken.begin()
    return { goTo: `/runs/${encodeURIComponent(taken.job.id)}` }
  } catch (error) {
    const errors = errorsOf(error, input)
    if (errors.length === 0) throw error
    return runsLog(asked, { input, errors })
  }
}

/** The form as the API takes it; what is left empty is not said. */
function requestOf({ task, agent, model, repeats, budgetUsd }: RunInput): unknown {
  const said = (text: string): string | undefined => (text.trim() === '' ? undefined : text.trim())
  const usd = said(budgetUsd)?.replace(/^\$\s*/, '')
  return {
    ...{ task, agent: said(agent), model: model.trim() },
    repeats: said(repeats) === undefined ? undefined : Number(repeats),
    limits: usd === undefined ? undefined : { usd },
  }
}

/** The fields of the form by their places in the request, and what to do where they are wrong. */
const FIELDS: readonly (readonly [RegExp, RunField, string])[] = [
  [/^\/task/, 'task', 'choose a task'],
  [/^\/agent/, 'agent', 'choose an agent'],
  [/^\/model/, 'model', 'give the name of a model, such as gpt-5'],
  [/^\/repeats/, 'repeats', 'give a whole number from 1 to 20'],
  [/^\/limits/, 'budgetUsd', 'give dollars, such as 1.50'],
]

/** What is wrong in the form; empty = nothing in it is. */
function errorsOf(error: unknown, { repeats }: RunInput): readonly InputError<RunField>[] {
  if (error instanceof MalformedRequest) {
    return error.mistakes.map(({ pointer, detail }) => {
      const [, field = null, fix = 'correct it'] = FIELDS.find(([place]) => place.test(pointer)) ?? []
      return { field, message: field === 'repeats' ? `Not a number of repeats: ${repeats}` : detail, fix }
    })
  }
  if (!(error instanceof KnownError)) return []
  const { code, message, detail, fix } = error
  if (code === 'queue-full') return [{ field: null, message, fix }]
  if (code !== 'not-offered') return []
  return [{ field: detail.startsWith('the agent') ? 'agent' : 'task', message, fix }]
}
