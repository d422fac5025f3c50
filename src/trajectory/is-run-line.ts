import { QUALITIES } from '../usage/call.ts'
import { eachClass } from '../usage/each-class.ts'
import { ACTION_KINDS } from './action.ts'
import { UNCAPPED } from './conditions.ts'
import { isoInstant } from './instant.ts'
import { OUTCOMES } from './run.ts'
import { DECIMAL, MAX_NAME_CHARS, type RunLine } from './run-line.ts'

/** Whether a value is a line of `run/1`: the same answer as that of its schema, much sooner. */
export function isRunLine(value: unknown): value is RunLine {
  return hasShape(value, RUN) && value.schema === 'run/1' && isName(value.id)
}

type Check = (value: unknown) => boolean
type Shape = ReadonlyMap<string, Check>

const shape = (checks: Readonly<Record<string, Check>>): Shape => new Map(Object.entries(checks))
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
const nullish =
  (check: Check): Check =>
  (value) =>
    value === undefined || value === null || check(value)

const isName: Check = (value) =>
  typeof value === 'string' && value.length > 0 && value.length <= MAX_NAME_CHARS
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0
const isKnownCount: Check = (value) => value === null || isCount(value)
const isPositive: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 1
const isSeconds: Check = (value) => Number.isFinite(value) && (value as number) >= 0
const isDecimal: Check = (value) => typeof value === 'string' && DECIMAL.test(value)
const isMoment: Check = (value) => typeof value === 'string' && isoInstant(value) !== null
const isBoolean: Check = (value) => typeof value === 'boolean'
const isQuality: Check = (value) => QUALITIES.some((quality) => quality === value)
const isOutcome: Check = (value) => OUTCOMES.some((outcome) => outcome === value)

const USAGE = shape(eachClass(() => isKnownCount))
const isUsage: Check = (value) => {
  if (!hasShape(value, USAGE) || Object.keys(value).length !== USAGE.size) return false
  const { output, reasoning } = value
  return typeof output !== 'number' || typeof reasoning !== 'number' || reasoning <= output
}

const CALL = shape({
  id: nullish(isName),
  at: nullish(isMoment),
  model: nullish(isName),
  usage: isUsage,
  requests: nullish(isCount),
  incomplete: optional(isBoolean),
  quality: optional(isQuality),
  reportedCostUsd: nullish(isDecimal),
})
const isCall: Check = (value) => hasShape(value, CALL) && 'usage' in value

const ACTION = shape({
  id: nullish(isName),
  call: nullish(isName),
  tool: isName,
  kind: (value) => ACTION_KINDS.some((kind) => kind === value),
  target: nullish(isName),
  returnedChars: nullish(isCount),
})
const isAction: Check = (value) => hasShape(value, ACTION) && 'tool' in value && 'kind' in value

const TASK = shape({ id: nullish(isName), benchmark: nullish(isName), repository: nullish(isName) })
const CONDITIONS = shape({
  multiplier: nullish((value) => value === UNCAPPED || (Number.isFinite(value) && (value as number) > 0)),
  host: nullish(isName),
  concurrency: nullish(isPositive),
})
const SOURCE = shape({ format: isName, sha256: nullish(isName) })

const RUN = shape({
  schema: isName,
  id: isName,
  task: nullish((value) => hasShape(value, TASK)),
  agent: nullish(isName),
  agentVersion: nullish(isName),
  model: nullish(isName),
  run: nullish(isPositive),
  usage: optional(isUsage),
  incomplete: optional(isBoolean),
  calls: nullish(isCount),
  steps: nullish(isCount),
  costUsd: nullish(isDecimal),
  reportedCostUsd: nullish(isDecimal),
  outcome: nullish(isOutcome),
  wallSeconds: nullish(isSeconds),
  quality: optional(isQuality),
  startedAt: nullish(isMoment),
  conditions: nullish((value) => hasShape(value, CONDITIONS)),
  source: nullish((value) => hasShape(value, SOURCE) && 'format' in value),
  perCall: optional((value) => Array.isArray(value) && value.every(isCall)),
  actions: optional((value) => Array.isArray(value) && value.every(isAction)),
})

/** Whether it is an object whose every member is known and right. */
function hasShape(value: unknown, checks: Shape): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  for (const name of Object.keys(value)) {
    if (checks.get(name)?.((value as Readonly<Record<string, unknown>>)[name]) !== true) return false
  }
  return true
}
