import type { CallFields, RunMap, UsageFields } from './csv-map-file.ts'

/** The columns that a map reads of each row, each once; not those within a list of calls. */
export function columnsOf(map: RunMap): readonly string[] {
  const { task, outcome, usage, perCall } = map
  const fields: readonly Field[] = [
    ...map.key,
    task?.id,
    task?.benchmark,
    task?.repository,
    map.agent,
    map.agentVersion,
    map.model,
    map.run,
    map.incomplete,
    map.calls,
    map.steps,
    ...(Array.isArray(outcome) ? outcome : [outcome]),
    map.wallSeconds,
    map.startedAt,
    map.reportedUsd,
    map.conditions?.multiplier,
    map.conditions?.host,
    map.conditions?.concurrency,
    map.quality,
    ...usageFields(usage),
    ...(perCall === undefined ? [] : perCall.list === undefined ? callFields(perCall) : [perCall.list]),
  ]
  return [...new Set(fields.flatMap(columnOf))]
}

type Field = string | { readonly column: string } | { readonly value: unknown } | undefined

function columnOf(field: Field): readonly string[] {
  if (typeof field === 'string') return [field]
  return field === undefined || !('column' in field) ? [] : [field.column]
}

const usageFields = (usage: UsageFields | undefined): readonly Field[] => [
  usage?.input,
  usage?.cacheRead,
  usage?.cacheWrite5m,
  usage?.cacheWrite1h,
  usage?.output,
  usage?.reasoning,
]

const callFields = (call: CallFields): readonly Field[] => [
  call.order,
  call.id,
  call.at,
  call.model,
  call.requests,
  call.incomplete,
  call.reportedUsd,
  ...usageFields(call.usage),
]
