import type { Estimated } from '../../learn/correlation.ts'
import { QUANTITIES, type Quantity } from '../../learn/dataset.ts'
import type { Evaluation } from '../../learn/evaluate.ts'
import { measured, unsaid } from '../cells.ts'
import type { Block, Cell, Column } from '../document.ts'

const COLUMNS: readonly Column[] = [
  { key: 'model', head: 'model', unit: 'text' },
  { key: 'r_trained', head: 'trained', unit: 'r' },
  { key: 'r_own', head: 'its own', unit: 'r' },
  { key: 'r_difference', head: 'difference', unit: 'r' },
  { key: 'r_own_answered', head: 'its own, answers above 0', unit: 'r' },
  { key: 'r_both', head: 'both together', unit: 'r' },
  { key: 'r_new_repository', head: 'trained, new repository', unit: 'r' },
]

const WORDS: Readonly<Record<Quantity, string>> = { output: 'output tokens', total: 'total tokens' }

/** The trained forecaster beside what the models forecast of themselves, a table for each quantity, and how far there is to go. */
export function evaluatedBlocks(evaluation: Evaluation): readonly Block[] {
  return [...QUANTITIES.map((quantity) => modelsBlock(evaluation, quantity)), ceilingBlock(evaluation)]
}

function modelsBlock({ models, taskCv, repoOut, tasks, agent }: Evaluation, quantity: Quantity): Block {
  const { each, mean } = taskCv.correlations[quantity].log
  const elsewhere = repoOut.correlations[quantity].log
  const cell = (value: Estimated | null): Cell =>
    value === null ? unsaid('not asked') : measured(value.estimate, value, tasks)
  const row = (name: string, one: (typeof each)[number], far: Estimated): readonly Cell[] => [
    name,
    cell(one.ours),
    cell(one.self),
    cell(one.difference),
    cell(one.selfAnswered),
    cell(one.hinted),
    cell(far),
  ]
  const rows = models.flatMap((model, i) => {
    const [one, far] = [each[i], elsewhere.each[i]?.ours]
    return one === undefined || far === undefined ? [] : [row(model, one, far)]
  })
  return {
    kind: 'figure',
    figure: {
      id: `trained-against-own-${quantity}`,
      title: `Trained and own forecast of ${WORDS[quantity]}`,
      alt: `Pearson correlation of log ${WORDS[quantity]} with the forecast of the trained forecaster and of the model itself, for each model.`,
      chart: {
        kind: 'bars',
        mark: 'dots',
        value: { title: `Pearson r of log ${WORDS[quantity]}`, scale: 'linear' },
        bars: models.flatMap((model, i) => [
          ...dot(model, 'trained', each[i]?.ours),
          ...dot(model, 'the model’s own', each[i]?.self),
        ]),
      },
    },
    table: {
      id: `trained-against-own-${quantity}-table`,
      title: `r of log ${WORDS[quantity]}: trained forecaster and the model’s own forecast`,
      columns: COLUMNS,
      rows: [...rows, row('mean', mean, elsewhere.mean.ours)],
      note: `${tasks} tasks with ${agent}, each forecast without having been seen; intervals 95 % by bootstrap over tasks, for a new repository over repositories. As \`foretoken evaluate\` measured it; an own answer of 0 tokens counts as 1.`,
    },
  }
}

function dot(name: string, series: string, value: Estimated | null | undefined) {
  return value == null ? [] : [{ name, series, value: value.estimate, low: value.low, high: value.high }]
}

function ceilingBlock({ taskCv, repoOut, ceiling, tasks }: Evaluation): Block {
  return {
    kind: 'table',
    table: {
      id: 'forecast-ceiling',
      title: 'How far there is to go, r of log tokens',
      columns: [
        { key: 'quantity', head: 'tokens', unit: 'text' },
        { key: 'known_repository', head: 'known repository', unit: 'r' },
        { key: 'new_repository', head: 'new repository', unit: 'r' },
        { key: 'issue_only', head: 'issue alone', unit: 'r' },
        { key: 'other_models', head: 'what other models spent', unit: 'r' },
        { key: 'noise_ceiling', head: 'noise ceiling', unit: 'r' },
        { key: 'share_of_ceiling', head: 'reached of it', unit: 'share' },
      ],
      rows: QUANTITIES.map((quantity): readonly Cell[] => {
        const ours = taskCv.correlations[quantity].log.mean.ours
        const far = repoOut.correlations[quantity].log.mean.ours
        return [
          WORDS[quantity],
          measured(ours.estimate, ours, tasks),
          measured(far.estimate, far, tasks),
          taskCv.issueOnly[quantity],
          ceiling[quantity].otherModels,
          ceiling[quantity].repeats,
          ours.estimate / ceiling[quantity].repeats,
        ]
      }),
      note: 'Means over the models. What other models spent: the mean of their actual tokens on the same task, a stand-in for knowing the task. Noise ceiling: what repeats of the same task allow.',
    },
  }
}

/** How the trained forecaster stands against the models’ own word. */
export function evaluatedWords({ taskCv, repoOut, tasks }: Evaluation): readonly string[] {
  const r = (value: number) => value.toFixed(2).replace(/^0/, '')
  const { ours, self } = taskCv.correlations.total.log.mean
  const far = repoOut.correlations.total.log.mean
  if (self === null || far.self === null) return []
  return [
    `On ${tasks} tasks not seen, log total tokens correlate with the trained forecast at r = ${r(ours.estimate)} (new repository: ${r(far.ours.estimate)}) and with the model’s own at ${r(self.estimate)}.`,
  ]
}
