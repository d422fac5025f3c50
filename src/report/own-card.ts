import type { Bundle } from '../forecast/bundle.ts'
import type { Comparison, GroupScore } from '../learn/own/compare-bundles.ts'
import type { LeftOut } from '../learn/own/read-history.ts'
import type { OwnTraining } from '../learn/own/train-from-history.ts'
import { escapeMarkdown } from './markdown.ts'

export interface OwnCardInput {
  readonly training: OwnTraining
  /** The bundle it was held against, and the one it learnt on top of. */
  readonly champion: string
  readonly root: Bundle
  readonly leftOut: LeftOut
  readonly seed: number
  readonly halfLifeDays: number
}

/** The model card of a bundle that learnt from own runs: what from, how it was judged, and what it changes. */
export function ownCard(input: OwnCardInput): string {
  const { training, champion, root, leftOut, seed, halfLifeDays } = input
  const { bundle, comparison, verdict, reasons, alarms } = training
  const { learnt } = bundle
  const left = Object.entries(leftOut).filter(([, count]) => count > 0)
  return [
    `# Model card: ${escapeMarkdown(bundle.id)}`,
    '',
    `Made by \`foretoken train --from-store\` from ${learnt?.runs ?? 0} own runs (${learnt?.from.slice(0, 10)} to ${learnt?.until.slice(0, 10)}) on top of ${escapeMarkdown(root.id)}. SHA-256 of both: \`${bundle.data}\`; seed ${seed}. The same store, bundle and seed give the same bytes.`,
    '',
    `Levels of agents, models and repositories, the scale of the shared size and the weights of the features are moved from where ${escapeMarkdown(root.id)} has them as far as the runs carry (a mixed model; variances by maximum a posteriori). A run counts half after ${halfLifeDays} days. Runs cut short count as "at least so much".${left.length === 0 ? '' : ` Left out: ${left.map(([why, count]) => `${count} ${why}`).join(', ')}.`}`,
    '',
    `## Verdict: ${verdict}`,
    '',
    ...reasons.map((reason) => `- ${escapeMarkdown(reason)}`),
    ...(alarms.length === 0 ? [] : ['', 'It is in force only if somebody forced it.']),
    '',
    ...(comparison === null ? [] : comparisonLines(comparison, champion)),
    '## What changed',
    '',
    ...changedLines(root, bundle),
    '',
  ].join('\n')
}

function comparisonLines(comparison: Comparison, champion: string): readonly string[] {
  const { runs, tasks, fresh } = comparison
  const row = (name: string, { loss, r, coverage }: Comparison['champion']) =>
    `| ${escapeMarkdown(name)} | ${loss.toFixed(4)} | ${r === null ? 'too few runs' : r.toFixed(3)} | ${(100 * coverage).toFixed(1)} % |`
  return [
    `## Held against ${escapeMarkdown(champion)}`,
    '',
    `On ${runs} runs of ${tasks} tasks that neither had seen, forward in time: each was forecast by a bundle that had learnt from the runs before it.`,
    '',
    '| bundle | pinball loss (log10 tokens) | r, total tokens, mean over pairs | 80 % range covers |',
    '| --- | ---: | ---: | ---: |',
    row(champion, comparison.champion),
    row('this one', comparison.challenger),
    '',
    ...(fresh === null
      ? []
      : [
          `On the ${fresh.runs} of them whose task had not been run before: ${fresh.champion.toFixed(4)} and ${fresh.challenger.toFixed(4)}.`,
          '',
        ]),
    ...groupLines('model', comparison.byModel),
    ...groupLines('repository', comparison.byRepository),
  ]
}

const MOST_GROUPS = 30

const groupLines = (what: string, groups: readonly GroupScore[]): readonly string[] => [
  `| ${what} | runs | loss before | loss now |`,
  '| --- | ---: | ---: | ---: |',
  ...groups
    .slice(0, MOST_GROUPS)
    .map(
      ({ name, runs, champion, challenger }) =>
        `| ${escapeMarkdown(name)} | ${runs} | ${champion.toFixed(4)} | ${challenger.toFixed(4)} |`,
    ),
  '',
]

/** The level of every pair, as a factor on what it was. */
function changedLines(root: Bundle, bundle: Bundle): readonly string[] {
  const levels = ({ heads }: Bundle) => heads.repository.quantities.total.series
  const rows = bundle.pairs.map(({ agent, model, tasks }, s) => {
    const [before, now] = [levels(root)[s]?.offset, levels(bundle)[s]?.offset ?? 0]
    const change =
      before === undefined
        ? `new: ${Number((10 ** now).toPrecision(2)).toLocaleString('en-US')} tokens`
        : `× ${(10 ** (now - before)).toFixed(2)}`
    return `| ${escapeMarkdown(agent)} | ${escapeMarkdown(model)} | ${tasks} | ${change} |`
  })
  return ['| agent | model | tasks | typical total tokens |', '| --- | --- | ---: | ---: |', ...rows]
}
