import type { InputError } from './forecast-input.ts'

/** What the form that starts a run holds, as it was typed: kept when something in it is wrong. */
export interface RunInput {
  readonly task: string
  readonly agent: string
  readonly model: string
  /** A whole number; empty = 1. */
  readonly repeats: string
  /** Of all repeats together; empty = what the service allows. */
  readonly budgetUsd: string
}

/** A field of that form. */
export type RunField = keyof RunInput

/** The form as a page shows it. */
export interface RunFormView {
  readonly input: RunInput
  readonly errors: readonly InputError<RunField>[]
  readonly choices: RunChoices
}

/** What can be chosen from. */
export interface RunChoices {
  /** Names of those that are registered. */
  readonly tasks: readonly string[]
  readonly agents: readonly string[]
  /** Those the bundle knows: others can be run too, but are not forecast. */
  readonly models: readonly string[]
  /** Replies that were recorded answer in place of the providers. */
  readonly isReplayed: boolean
}

/** The form before anything is typed. */
export const EMPTY_RUN: RunInput = { task: '', agent: '', model: '', repeats: '', budgetUsd: '' }

/** The form, as a browser sends it; what is not there is empty. */
export function runInput(form: Readonly<Record<string, string | readonly string[] | undefined>>): RunInput {
  const one = (name: RunField): string => {
    const value = form[name]
    return typeof value === 'string' ? value : (value?.[0] ?? '')
  }
  return {
    task: one('task'),
    agent: one('agent'),
    model: one('model'),
    repeats: one('repeats'),
    budgetUsd: one('budgetUsd'),
  }
}
