import type { Both, BundleDiff, PairChange } from './bundle-diff.ts'
import { oneLine, shortPercent } from './estimate-notes.ts'
import type { Factors, ForecastChange } from './forecast-change.ts'
import { table, wrap } from './text-layout.ts'

const HEADS = ['agent · model', 'total', 'output', 'forecasts', 'largest', 'range', 'run noise', 'resolved']
/** Columns that go on a narrow terminal, first to last. */
const DISPENSABLE = [6, 4, 5, 2, 7]

/** What changed between two bundles, for people; factors are newer over older. */
export function bundleDiffText(diff: BundleDiff, { columns }: { readonly columns: number }): string {
  const { from, to, sameData, pairs, repositories } = diff
  const lines = [
    `${from.id} → ${to.id}`,
    sameData
      ? `the same data ${short(from.data)}`
      : `data ${short(from.data)} → ${short(to.data)}, ${changed('task', [from.tasks, to.tasks])}`,
    `${changed('agent with a model', [from.pairs, to.pairs], 'agents with models')}, ${changed('repository', [from.repositories, to.repositories], 'repositories')}`,
    ...pairs.added.map(({ agent, model }) => `+ ${oneLine(`${agent} · ${model}`)}`),
    ...pairs.removed.map(({ agent, model }) => `- ${oneLine(`${agent} · ${model}`)}`),
    ...named('+', repositories.added),
    ...named('-', repositories.removed),
    '',
    ...(pairs.both.length === 0
      ? []
      : table([HEADS, ...pairs.both.map(cells)], {
          ...{ columns, left: 1, dispensable: DISPENSABLE },
        })),
    '',
    summary(diff.forecasts),
  ]
  return `${lines.flatMap((line) => (line.includes('  ') ? [line] : wrap(line, columns, '  '))).join('\n')}\n`
}

const short = (hash: string): string => hash.slice(0, 12)

const changed = (one: string, [from, to]: Both<number>, many = `${one}s`): string =>
  from === to ? `${to} ${to === 1 ? one : many}` : `${from} → ${to} ${many}`

/** So many names are told; of more, how many there are. */
const MOST_NAMES = 5

function named(sign: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  const rest = names.length - MOST_NAMES
  return [`${sign} ${names.slice(0, MOST_NAMES).join(', ')}${rest > 0 ? `, and ${rest} more` : ''}`]
}

function cells({ agent, model, totalTokens, outputTokens, ...rest }: PairChange): readonly string[] {
  const { forecasts, runNoise, resolved } = rest
  const [before, now] = resolved
  return [
    oneLine(`${agent} · ${model}`),
    times(totalTokens),
    times(outputTokens),
    times(forecasts.totalTokens.median),
    times(forecasts.totalTokens.largest?.factor ?? null),
    times(forecasts.width.median),
    times(runNoise[1] / runNoise[0]),
    `${before === null ? 'unknown' : shortPercent(before)} → ${now === null ? 'unknown' : shortPercent(now)}`,
  ]
}

const times = (factor: number | null): string =>
  factor === null || !Number.isFinite(factor) ? 'unknown' : `× ${factor.toFixed(2)}`

function summary({ forecasts, totalTokens, outputTokens, width }: ForecastChange): string {
  if (forecasts === 0) return 'no forecasts were compared'
  return (
    `${forecasts} forecasts of the same tasks: total tokens ${times(totalTokens.median)}${farthest(totalTokens)}, ` +
    `output tokens ${times(outputTokens.median)}${farthest(outputTokens)}, width of the ranges ${times(width.median)}`
  )
}

const farthest = ({ largest }: Factors): string =>
  largest === null || times(largest.factor) === times(1)
    ? ''
    : ` (the most ${times(largest.factor)}, ${oneLine(`${largest.task} with ${largest.model}`)})`
