import { z } from 'zod'
import { type BudgetFile, budgetSchema } from '../../gate/budget-file.ts'
import type { GateDocument } from '../../report/gate-document.ts'
import { EstimateSchema } from './estimate-answer.ts'
import { TaskAsked } from './estimate-asked.ts'

/** As in budget.json; it is checked as a whole, so that each mistake is told with what to write. */
const { $schema: _, ...budgetInRequest } = budgetSchema() as Record<string, unknown>

/** The body of `POST /v1/verdicts`. */
export const VerdictAsked = z
  .strictObject({
    budget: z.record(z.string(), z.unknown()).meta({ override: budgetInRequest }),
    tasks: z.array(z.strictObject(TaskAsked)).min(1).max(50),
    baseline: z
      .record(z.string(), z.unknown())
      .nullish()
      .meta({ description: 'an earlier answer of the gate, for rules with maxIncrease' }),
    informational: z.boolean().nullish().meta({ description: 'tell the verdict, and exit with 0' }),
  })
  .meta({
    id: 'VerdictRequest',
    example: {
      budget: { models: ['gpt-5'], rules: [{ name: 'a task', perTask: { usd: 2 } }] },
      tasks: [{ id: 't1', issue: { title: 'Crash on empty input', body: 'parse("") throws' } }],
    } satisfies { budget: z.input<typeof BudgetFile>; tasks: unknown[] },
  })

const Kind = z.enum(['pass', 'warn', 'fail', 'undecided'])
const Amount = z.union([z.string(), z.number()])

const Total = z.object({
  agent: z.string(),
  model: z.string(),
  tasks: z.int(),
  expectedUsd: z.string().nullable(),
  highUsd: z.string().nullable().meta({ description: 'what 9 in 10 such sums stay under' }),
  reason: z.string().nullable(),
})

const TaskAnswer = z.object({
  task: z.string(),
  title: z.string(),
  path: z.string().nullable(),
  labels: z.array(z.string()).readonly(),
  repository: z.string().nullable(),
  commit: z.string().nullable(),
  unread: z.int(),
  verdict: Kind,
  forecasts: z.array(EstimateSchema).readonly(),
})

const Check = z.object({
  rule: z.string(),
  verdict: Kind,
  status: z.string(),
  level: z.enum(['warn', 'error']),
  scope: z.enum(['task', 'month', 'increase']),
  task: z.string().nullable(),
  agent: z.string(),
  model: z.string(),
  spent: z.enum(['usd', 'totalTokens', 'outputTokens', 'calls']),
  compare: z.string(),
  value: Amount.nullable(),
  most: Amount,
  limit: Amount,
  over: Amount.nullable(),
  reason: z.string().nullable(),
  file: z.string(),
  line: z.int(),
  pointer: z.string(),
})

const Failure = z.object({
  task: z.string(),
  error: z.object({ code: z.string(), title: z.string(), detail: z.string(), fix: z.string() }),
})

/** The answer of the gate. */
export const VerdictAnswer = z
  .object({
    schema: z.literal('gate/1'),
    verdict: Kind,
    informational: z.boolean(),
    exit: z.int().meta({ description: 'the exit code of `foretoken gate` for the same' }),
    budget: z.object({ file: z.string() }),
    baseline: z
      .union([
        z.object({ kind: z.literal('file'), name: z.string() }),
        z.object({ kind: z.literal('commit'), name: z.string(), commit: z.string() }),
      ])
      .nullable(),
    totals: z.array(Total).readonly(),
    tasks: z.array(TaskAnswer).readonly(),
    failures: z.array(Failure).readonly(),
    checks: z.array(Check).readonly(),
    unusedRules: z.array(z.string()).readonly(),
    cheapest: z
      .object({ model: z.string(), expectedUsd: z.string(), resolved: z.number().nullable() })
      .nullable(),
  })
  .meta({ id: 'Verdict' })

// Who changes the one without the other is told by the compiler.
const isTheSame: GateDocument extends z.infer<typeof VerdictAnswer> ? true : false = true
void isTheSame
