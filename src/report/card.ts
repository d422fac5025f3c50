import { REGIMES, type Regime } from '../forecast/bundle.ts'
import { type Dataset, QUANTITIES } from '../learn/dataset.ts'
import type { Idea } from '../learn/ideas.ts'
import { meanR } from '../learn/mean-r.ts'
import { rangeQuality } from '../learn/ranges.ts'
import type { Training } from '../learn/train.ts'
import { escapeMarkdown } from './markdown.ts'

const REGIME_WORDS: Readonly<Record<Regime, string>> = {
  known: 'other tasks of the same repository trained on',
  new: 'a repository never trained on',
  issue: 'a repository never trained on, issue text only',
}

/** The model card: what the bundle is made of, how good it is where, and every idea tried. */
export function modelCard(dataset: Dataset, training: Training, ideas: readonly Idea[]): string {
  const { bundle } = training
  return [
    `# Model card: ${bundle.id}`,
    '',
    `Made by \`foretoken train\` from the tables in \`data/\` (SHA-256 \`${bundle.data}\`) and nothing else; the same tables and seed give the same bytes.`,
    '',
    `It forecasts output tokens and total tokens of ${bundle.pairs.length} pairs of an agent and a model, from ${bundle.tasks} tasks of SWE-bench Verified (Python; ${bundle.heads.repository.encoding.repositories.length} repositories). A shared task size is a ridge regression on grouped features; each pair has an offset, a slope and a small linear part of its own. Ranges are conformal: they are made of the errors on tasks held out.`,
    '',
    '## Accuracy on tasks held out',
    '',
    '| | r, output tokens (log) | r, total tokens (log) | 80 % range covers | its width, of one without features |',
    '| --- | ---: | ---: | ---: | ---: |',
    ...REGIMES.map((regime) => accuracyRow(dataset, training, regime)),
    '',
    'Mean over the pairs of the correlation within each; range of total tokens. `foretoken evaluate` prints the whole protocol with intervals.',
    '',
    '## Do not rely on it',
    '',
    '- for a single task to the dollar: the middle half of the errors is within a factor of 1.4, the tails reach 4;',
    '- for languages other than Python, agents other than those listed, tasks that are not issues: nothing of the kind was trained on, and the answer says so (`inDistribution`);',
    '- for `sympy`, and for issues without a repository: the forecasts there are the weakest;',
    '- for P(resolved) as more than a hint: it is hardly better than the mean rate of the pair.',
    '',
    '## Pairs',
    '',
    '| agent | model | tasks | runs a task | run-to-run noise, total (log10) | cache read |',
    '| --- | --- | ---: | ---: | ---: | ---: |',
    ...bundle.pairs.map(({ agent, model, tasks, runs, runNoise, cacheReadShare }) => {
      const cached = cacheReadShare === null ? 'not recorded' : `${(cacheReadShare * 100).toFixed(1)} %`
      return `| ${agent} | ${model} | ${tasks} | ${runs} | ${runNoise.total.toFixed(2)} | ${cached} |`
    }),
    '',
    ...ideasSection(ideas),
  ].join('\n')
}

function ideasSection(ideas: readonly Idea[]): readonly string[] {
  if (ideas.length === 0) return []
  return [
    '## Ideas tried',
    '',
    'What each does to the mean r over the eight OpenHands models, log10 tokens, against the same without it. Mostly measured with a prototype of this model on the same tables and folds, as it stood when the idea was tried. ° = r with the shared size of a task instead, whose differences are about a fifth larger. Repeated random folds scatter by ± .008: smaller differences mean nothing. Group weights and penalties were chosen by hand with these folds in view, so the figures above are a little kind; in the prototype, halving or doubling the penalty moves the mean r by less than .01.',
    '',
    '| idea | task-cv output | task-cv total | repo-out output | repo-out total | verdict |',
    '| --- | ---: | ---: | ---: | ---: | --- |',
    ...ideas.map(ideaRow),
    '',
  ]
}

const r = (value: number): string => value.toFixed(3).replace(/^(-?)0\./, '$1.')

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${r(Math.abs(value))}`

function accuracyRow(
  dataset: Dataset,
  { targets, heldOut, folds, bundle }: Training,
  regime: Regime,
): string {
  const pairs = bundle.pairs.map((_, index) => index)
  const { plain } = heldOut[regime]
  const correlations = QUANTITIES.map((quantity) =>
    r(meanR(dataset, targets[quantity], plain[quantity], pairs)),
  )
  const { coverage, relativeWidth } = rangeQuality(dataset, targets.total, plain.total, folds[regime], pairs)
  return `| ${[REGIME_WORDS[regime], ...correlations, `${(coverage * 100).toFixed(1)} %`, r(relativeWidth)].join(' | ')} |`
}

const ideaRow = ({ idea, taskCv, repoOut, verdict }: Idea): string =>
  `| ${[escapeMarkdown(idea), ...[taskCv.output, taskCv.total, repoOut.output, repoOut.total].map(signed), escapeMarkdown(verdict)].join(' | ')} |`
