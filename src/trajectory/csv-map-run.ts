import { KnownError } from '../errors.ts'
import { type Call, callOf, type Quality } from '../usage/call.ts'
import { callsOrWhole } from '../usage/calls-or-whole.ts'
import { distinctCalls } from '../usage/distinct-calls.ts'
import { filledConditions, NO_CONDITIONS } from './conditions.ts'
import {
  readCount,
  readFlag,
  readMoment,
  readMultiplier,
  readOutcome,
  readQuality,
  readSeconds,
  readText,
  readUsd,
} from './csv-map-fields.ts'
import type { CallFields, RunMap } from './csv-map-file.ts'
import { type Cell, memberOf } from './csv-map-rows.ts'
import { readUsage } from './csv-map-usage.ts'
import type { Conditions, RecordedCall, Run } from './run.ts'
import { recorded, runOf, type Told } from './run-of.ts'
import { taskOfInstance } from './task-of-instance.ts'

/** A call, and its place in its run where the table tells it. */
export interface PlacedCall {
  readonly order: number | null
  readonly call: RecordedCall
}

/** What tells the run of a row from others. @throws KnownError `usage-malformed` when no part of it is told */
export function keyOf({ key }: RunMap, cell: Cell): string {
  const parts = key.map((field) => readText(field, cell))
  if (parts.every((part) => part === null)) throw new KnownError('usage-malformed', 'the key is blank')
  return parts.map((part) => (part ?? '').replaceAll('~', '~0').replaceAll('/', '~1')).join('/')
}

/** The run of a row. @throws KnownError `usage-malformed`, naming column and value */
export function runOfRow(map: RunMap, cell: Cell): Run {
  const told = toldBy(map, cell)
  const quality = readQuality(map.quality, cell)
  const calls = distinctCalls(inOrder(callsWithin(map, cell, quality)))
  const { usage, incomplete } = readUsage(map.usage, cell)
  const key = keyOf(map, cell)
  if (Object.values(usage).every((count) => count === null)) return runOf(key, calls, { ...told, quality })
  const whole = callOf(quality, usage, { requests: told.calls ?? null })
  const isShort = callsOrWhole(calls, whole).length > Math.max(calls.length, 1)
  const isPart = incomplete || isShort || calls.some((call) => call.incomplete)
  return runOf(key, calls, { usage, incomplete: isPart, ...told, quality })
}

/** What a row tells of its run beside the usage. @throws KnownError `usage-malformed`, naming column and value */
export function toldBy(map: RunMap, cell: Cell): Told {
  const run = readCount(map.run, cell)
  if (run === 0) throw new KnownError('usage-malformed', 'repeats are counted from 1, and this run is 0')
  return known({
    task: taskOf(map, cell),
    agent: readText(map.agent, cell),
    agentVersion: readText(map.agentVersion, cell),
    model: readText(map.model, cell),
    run,
    ...(readFlag(map.incomplete, cell) === true ? { incomplete: true } : {}),
    calls: readCount(map.calls, cell),
    steps: readCount(map.steps, cell),
    outcome: readOutcome(map.outcome, cell),
    wallSeconds: readSeconds(map.wallSeconds, cell),
    startedAt: readMoment(map.startedAt, cell),
    reportedUsd: readUsd(map.reportedUsd, cell),
    conditions: conditionsOf(map, cell),
  })
}

/** The call of a row, or of an element of a list. @throws KnownError `usage-malformed`, naming column and value */
export function callIn(fields: CallFields, cell: Cell, quality: Quality): PlacedCall {
  const { usage, incomplete } = readUsage(fields.usage, cell)
  const requests = fields.requests === undefined ? 1 : readCount(fields.requests, cell)
  const call: Call = callOf(quality, usage, {
    id: readText(fields.id, cell),
    model: readText(fields.model, cell),
    requests,
    incomplete: incomplete || readFlag(fields.incomplete, cell) === true,
  })
  const beside = { at: readMoment(fields.at, cell), reportedUsd: readUsd(fields.reportedUsd, cell) }
  return { order: readCount(fields.order, cell), call: recorded(call, beside) }
}

/** Calls by their places, or as they stand where a place is not told. */
export function inOrder(calls: readonly PlacedCall[]): readonly RecordedCall[] {
  const arePlaced = calls.every(({ order }) => order !== null)
  const sorted = arePlaced ? calls.toSorted((a, b) => (a.order ?? 0) - (b.order ?? 0)) : calls // all are told
  return sorted.map(({ call }) => call)
}

/** What one row, or else the other, tells of the run that both belong to. */
export function joined(first: Told, next: Told): Told {
  const conditions = filledConditions(first.conditions ?? NO_CONDITIONS, next.conditions ?? NO_CONDITIONS)
  return { ...next, ...first, task: { ...next.task, ...first.task }, conditions }
}

function taskOf({ task }: RunMap, cell: Cell): Partial<Run['task']> {
  const id = readText(task?.id, cell)
  const repository = readText(task?.repository, cell) ?? taskOfInstance(id).repository
  return known({ id, benchmark: readText(task?.benchmark, cell), repository })
}

function conditionsOf({ conditions }: RunMap, cell: Cell): Conditions | null {
  if (conditions === undefined) return null
  const concurrency = readCount(conditions.concurrency, cell)
  if (concurrency === 0) throw new KnownError('usage-malformed', 'a run shares its host with itself at least')
  const host = readText(conditions.host, cell)
  return { multiplier: readMultiplier(conditions.multiplier, cell), host, concurrency }
}

/** The calls in the list that a row has in one of its columns; in a CSV it is JSON. */
function callsWithin({ perCall, unknown }: RunMap, cell: Cell, quality: Quality): readonly PlacedCall[] {
  if (perCall?.list === undefined) return []
  const { list } = perCall
  const told = cell(list)
  if (told === null) return []
  const calls = typeof told === 'string' ? parsed(told) : told
  if (!Array.isArray(calls))
    throw new KnownError('usage-malformed', `column ${JSON.stringify(list)}: no list of calls`)
  return calls.map((each: unknown) =>
    callIn(
      perCall,
      knownCell((column) => memberOf(each, column), unknown),
      quality,
    ),
  )
}

/** A cell of which blank texts, and those that the map names, are null. */
export function knownCell(cell: Cell, unknown: readonly string[] = []): Cell {
  return (column) => {
    const value = cell(column)
    if (typeof value !== 'string' && typeof value !== 'number') return value ?? null
    const text = String(value).trim()
    return text === '' || unknown.includes(text) ? null : value
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}

const known = <Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: NonNullable<Fields[Name]> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as {
    [Name in keyof Fields]?: NonNullable<Fields[Name]>
  }
