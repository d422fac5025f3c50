import { binomialTest } from '../../metrics/binomial-test.ts'
import type { OwnHistory } from './history.ts'
import type { HeldForward } from './hold-forward.ts'
import { median } from './median.ts'
import type { LeftOut } from './read-history.ts'
import type { ScoredRun } from './score-runs.ts'
import { scoreRuns } from './score-runs.ts'
import { swappedModels } from './swapped-models.ts'

/** What is wrong with the runs that came in, and what to look at. */
export const STREAM_ALARMS = [
  'tokens-jump',
  'tokens-impossible',
  'models-swapped',
  'duplicates',
  'all-failures',
  'infra-errors',
] as const

export interface StreamAlarm {
  readonly kind: (typeof STREAM_ALARMS)[number]
  readonly message: string
}

export interface Stream {
  readonly history: OwnHistory
  readonly held: HeldForward
  readonly leftOut: LeftOut
}

/**
 * Whether the runs that are held out can be what they say. They are held against a bundle that learnt from what came before
 * them: a challenger that learnt from broken counts would forecast those counts best, so its loss cannot tell.
 */
export function streamAlarms(stream: Stream): readonly StreamAlarm[] {
  const { history, held } = stream
  const places = held.challenger.map(({ run }) => run)
  const scored = scoreRuns(held.before, history, places)
  return [
    ...tokensImpossible(history, held),
    ...tokensJump(history, scored, held),
    ...swappedModels(stream, scored),
    ...duplicates(stream),
    ...allFailures(history, scored),
    ...infraErrors(stream),
  ]
}

/** More than any model takes in and gives out in one call. */
const MOST_PER_CALL = 12_000_000
/** More than any run was seen to take, by a factor of ten. */
const MOST_PER_RUN = 5e9
/** This part of the new runs may be odd. */
const FEW = 0.1

function tokensImpossible({ runs }: OwnHistory, { blocks }: HeldForward): readonly StreamAlarm[] {
  const fresh = runs.slice(blocks[0] ?? runs.length)
  const odd = fresh.filter(({ total, calls }) => {
    const tokens = 10 ** total
    return tokens > MOST_PER_RUN || (calls !== null && calls > 0 && tokens / calls > MOST_PER_CALL)
  })
  if (odd.length <= FEW * fresh.length || odd.length === 0) return []
  return [
    {
      kind: 'tokens-impossible',
      message: `${odd.length} of ${fresh.length} new runs took more tokens a call than any model can: look at the unit of what counts them`,
    },
  ]
}

/** A pair that is known does not change by more overnight: log10 of 20. */
const JUMP_KNOWN = 1.3
/** One that is not lies anywhere within a factor of 300 of the others. */
const JUMP_UNKNOWN = 2.5
const FEWEST = 5

function tokensJump(
  history: OwnHistory,
  scored: readonly ScoredRun[],
  { before }: HeldForward,
): readonly StreamAlarm[] {
  const known = new Set(before.pairs.map(({ agent, model }) => `${agent} ${model}`))
  const byPair = Map.groupBy(scored, ({ run }) => history.runs[run]?.pair ?? -1)
  return [...byPair].flatMap(([pair, own]) => {
    const { agent, model } = history.pairs[pair] as OwnHistory['pairs'][number]
    const limit = known.has(`${agent} ${model}`) ? JUMP_KNOWN : JUMP_UNKNOWN
    const jumps = own.map(({ by }) => by.total.actual - by.total.p50)
    // A stream that broke lately has good runs before the broken ones.
    const parts = [jumps, jumps.slice(-Math.max(FEWEST, Math.ceil(jumps.length / 4)))]
    const worst = parts
      .map((part) => (part.length < FEWEST ? 0 : median(part)))
      .reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most), 0)
    if (Math.abs(worst) <= limit) return []
    const factor = 10 ** Math.abs(worst)
    const much = `${Number(factor.toPrecision(2)).toLocaleString('en-US')} times ${worst > 0 ? 'more' : 'less'}`
    return [
      {
        kind: 'tokens-jump' as const,
        message: `${agent} · ${model}: new runs took ${much} than what came before tells: look at the unit and the source of the counts`,
      },
    ]
  })
}

/** This part of what came in may be told more than once. */
const MANY = 0.2

function duplicates({ history, held, leftOut }: Stream): readonly StreamAlarm[] {
  const fresh = history.runs.length - (held.blocks[0] ?? 0)
  if (leftOut.repeated < 10 || leftOut.repeated <= MANY * (fresh + leftOut.repeated)) return []
  return [
    {
      kind: 'duplicates',
      message: `${leftOut.repeated} runs are to the token like another of the same task, beside ${fresh} new ones: is something imported over and over?`,
    },
  ]
}

/** P so low that chance does not explain it in years of trainings. */
const CHANCE = 1e-5
const FEWEST_JUDGED = 20

function allFailures({ runs }: OwnHistory, scored: readonly ScoredRun[]): readonly StreamAlarm[] {
  const judged = scored.filter(({ run, resolved }) => resolved !== null && runs[run]?.resolved !== null)
  const recent = judged.slice(-Math.max(FEWEST_JUDGED, Math.ceil(judged.length / 4)))
  if (recent.length < FEWEST_JUDGED) return []
  const solved = recent.filter(({ run }) => runs[run]?.resolved === true).length
  const expected = recent.reduce((sum, { resolved }) => sum + (resolved ?? 0), 0) / recent.length
  if (solved / recent.length > expected / 4 || expected >= 1) return []
  if (binomialTest(solved, recent.length, Math.max(1e-6, expected)) > CHANCE) return []
  return [
    {
      kind: 'all-failures',
      message: `${solved} of the last ${recent.length} runs resolved their task, ${(expected * recent.length).toFixed(0)} were expected: look at what runs and judges them`,
    },
  ]
}

function infraErrors({ history, held }: Stream): readonly StreamAlarm[] {
  const fresh = history.runs.slice(held.blocks[0] ?? history.runs.length)
  const ended = fresh.filter(({ infraError }) => infraError).length
  if (fresh.length < FEWEST_JUDGED || ended < fresh.length / 2) return []
  return [
    {
      kind: 'infra-errors',
      message: `the infrastructure ended ${ended} of ${fresh.length} new runs: mend that before learning from them`,
    },
  ]
}
