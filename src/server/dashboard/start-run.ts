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

/** The fields of the form by their places in the request, what is wrong with one that is not taken, and what to do. */
const FIELDS: readonly (readonly [RegExp, RunField, string, string])[] = [
  [/^\/task/, 'task', 'Not a task', 'choose one'],
  [/^\/agent/, 'agent', 'Not an agent', 'choose one'],
  [/^\/model/, 'model', 'Not a model', 'give the name of one, such as gpt-5'],
  [/^\/repeats/, 'repeats', 'Not a number of repeats', 'give a whole number from 1 to 20'],
  [/^\/limits/, 'budgetUsd', 'Not an amount', 'give dollars above 0, such as 1.50'],
]

/** What is wrong in the form; empty = nothing in it is. */
function errorsOf(error: unknown, input: RunInput): readonly InputError<RunField>[] {
  if (error instanceof MalformedRequest) {
    return error.mistakes.map(({ pointer, detail }) => {
      const [, field, what, fix] = FIELDS.find(([place]) => place.test(pointer)) ?? []
      if (field === undefined || what === undefined || fix === undefined)
        return { field: null, message: detail, fix: 'correct it' }
      const sent = input[field].slice(0, 200)
      return { field, message: sent.trim() === '' ? `${what}: none is named` : `${what}: ${sent}`, fix }
    })
  }
  if (!(error instanceof KnownError)) return []
  const { code, message, detail, fix } = error
  if (code === 'queue-full') return [{ field: null, message, fix }]
  if (code !== 'not-offered') return []
  return [{ field: detail.startsWith('the agent') ? 'agent' : 'task', message, fix }]
}
