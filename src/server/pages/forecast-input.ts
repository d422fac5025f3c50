/** What the form holds, as it was typed: kept when something in it is wrong. */
export interface ForecastInput {
  readonly title: string
  readonly body: string
  /** A registered name, or an address of git. */
  readonly repository: string
  readonly commit: string
  readonly agent: string
  /** Those ticked. */
  readonly models: readonly string[]
  /** Others, with commas between. */
  readonly otherModels: string
  readonly budgetUsd: string
}

/** A field of the form. */
export type ForecastField = keyof ForecastInput

/** The form before anything is typed. */
export const EMPTY_INPUT: ForecastInput = {
  title: '',
  body: '',
  repository: '',
  commit: '',
  agent: '',
  models: [],
  otherModels: '',
  budgetUsd: '',
}

/** What is wrong in a form; field null = with the whole of it. */
export interface InputError<Field extends string = ForecastField> {
  readonly field: Field | null
  readonly message: string
  /** What to do. */
  readonly fix: string
}

/** What can be chosen from. */
export interface ForecastChoices {
  readonly models: readonly string[]
  readonly agents: readonly string[]
  /** Registered names. */
  readonly repositories: readonly string[]
}

/** The form of the first page, as a browser sends it: a field of it in each place, what is not there being empty. */
export function forecastInput(
  form: Readonly<Record<string, string | readonly string[] | undefined>>,
): ForecastInput {
  const one = (name: string): string => {
    const value = form[name]
    return typeof value === 'string' ? value : (value?.[0] ?? '')
  }
  const { models = [] } = form
  return {
    title: one('title'),
    body: one('body'),
    repository: one('repository'),
    commit: one('commit'),
    agent: one('agent'),
    models: typeof models === 'string' ? [models] : models,
    otherModels: one('otherModels'),
    budgetUsd: one('budgetUsd'),
  }
}

/** All models asked for, ticked and typed, each once. */
export const modelsAsked = ({ models, otherModels }: ForecastInput): readonly string[] => [
  ...new Set(
    [...models, ...otherModels.split(/[,\n]/).map((name) => name.trim())].filter((name) => name !== ''),
  ),
]
