import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { ERRORS } from '../../src/errors.ts'
import type { Estimated } from '../../src/learn/correlation.ts'
import { type Quantity, readDataset } from '../../src/learn/dataset.ts'
import type { Evaluation, ProtocolResult } from '../../src/learn/evaluate.ts'
import type { GateQuality } from '../../src/learn/gate-quality.ts'
import { ROUTES } from '../../src/server/routes/routes.ts'
import { openMetrics } from '../../src/server/telemetry/metrics.ts'
import { SETTINGS } from '../../src/settings.ts'
import { openStore } from '../../src/store/open-store.ts'
import { FORMATS } from '../../src/trajectory/formats.ts'
import { cli } from '../unit/cli/fake-app.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const FILE = resolve(ROOT, 'README.md')

/** A command and what it prints, with its exit code where that is not 0. */
const RUN = /(<!-- run ?(\d+)?: (.+) -->)\n[\s\S]*?<!-- \/run -->/g

/** README with every generated part made anew; the same as the file unless something changed. */
async function renewed(readme: string): Promise<string> {
  let text = readme
  for (const [whole, head = '', code = '0', command = ''] of readme.matchAll(RUN)) {
    const { exit, stdout, stderr } = await cli(command.split(' '), { cwd: ROOT })
    assert.equal(exit, Number(code), stderr)
    const block = `${head}\n\`\`\`console\n$ npx foretoken ${command}\n${stdout.trimEnd()}\n\`\`\`\n<!-- /run -->`
    text = text.replace(whole, () => block)
  }
  text = part(text, 'formats', [
    '| format | |',
    '| --- | --- |',
    ...FORMATS.map(({ name, what }) => `| \`${name}\` | ${what} |`),
  ])
  text = part(text, 'settings', ['| flag | variable | |', '| --- | --- | --- |', ...settingRows()])
  text = part(
    text,
    'accuracy',
    accuracyRows(JSON.parse(readFileSync(resolve(ROOT, 'data/evaluation.json'), 'utf8'))),
  )
  text = part(
    text,
    'gate-quality',
    gateRows(JSON.parse(readFileSync(resolve(ROOT, 'data/gate-quality.json'), 'utf8'))),
  )
  text = part(text, 'routes', ['| route | who | |', '| --- | --- | --- |', ...routeRows()])
  text = part(text, 'metrics', ['| metric | |', '| --- | --- |', ...(await metricRows())])
  return part(text, 'errors', [
    '| code | exit | | what to do |',
    '| --- | ---: | --- | --- |',
    ...errorRows(),
  ])
}

function part(text: string, name: string, lines: readonly string[]): string {
  const [start, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->`]
  const [from, to] = [text.indexOf(start) + start.length, text.indexOf(end)]
  return `${text.slice(0, from)}${lines.join('\n')}\n${text.slice(to)}`
}

const settingRows = () =>
  Object.values(SETTINGS).map(
    ({ flag, variable, meaning }) => `| \`${flag}\` | \`${variable}\` | ${meaning} |`,
  )

/** Whoever may ask for it. */
const WHO: Readonly<Record<string, string>> = { public: 'everybody', 'any-key': 'any key' }

const routeRows = () =>
  ROUTES.map(
    ({ method, path, access, summary }) =>
      `| \`${method.toUpperCase()} ${path}\` | ${WHO[access] ?? `\`${access}\``} | ${summary} |`,
  )

/** Every metric that the service knows, with what it says of itself. */
async function metricRows(): Promise<readonly string[]> {
  const store = openStore(':memory:', { create: true })
  const metrics = openMetrics({ store, queues: {}, onFailure: (error) => assert.fail(String(error)) })
  try {
    const { text } = await metrics.text()
    return [...text.matchAll(/^# HELP (\w+) (.*)$/gm)].map(([, name, help]) => `| \`${name}\` | ${help} |`)
  } finally {
    metrics.close()
    store.close()
  }
}

const errorRows = () =>
  Object.entries(ERRORS).map(
    ([code, { exit, title, fix }]) => `| \`${code}\` | ${exit} | ${title} | ${fix} |`,
  )

/** The measured accuracy, from what `foretoken evaluate --format json` printed. */
function accuracyRows(evaluation: Evaluation): readonly string[] {
  const r = (value: number) => value.toFixed(2).replace(/^0/, '')
  const cell = (value: Estimated | null) =>
    value === null ? '–' : `${r(value.estimate)} [${r(value.low)}, ${r(value.high)}]`
  const row = (name: string, result: ProtocolResult, quantity: Quantity) => {
    const { ours, self, selfAnswered, hinted } = result.correlations[quantity].log.mean
    return `| ${[name, cell(ours), cell(self), cell(selfAnswered), cell(hinted)].join(' | ')} |`
  }
  const known = evaluation.coldRepository.find((point) => point.known === 10)
  const { coverage, relativeWidth } = evaluation.taskCv.range.total
  const fresh = evaluation.repoOut.range.total
  return [
    "| | Foretoken | LLM's own forecast | the same, its answers of 0 left out | both together |",
    '| --- | ---: | ---: | ---: | ---: |',
    row('known repository, output tokens', evaluation.taskCv, 'output'),
    row('known repository, total tokens', evaluation.taskCv, 'total'),
    row('new repository, output tokens', evaluation.repoOut, 'output'),
    row('new repository, total tokens', evaluation.repoOut, 'total'),
    `| new repository with 10 finished tasks, output; total | ${r(known?.r.output ?? 0)}; ${r(known?.r.total ?? 0)} | | | |`,
    '',
    `The 80 % range of total tokens covered ${(coverage * 100).toFixed(1)} % of the tasks at ${r(relativeWidth)} of the width of a forecaster without features (new repository: ${(fresh.coverage * 100).toFixed(1)} % at ${r(fresh.relativeWidth)}).`,
  ]
}

/** What gates catch, from what `foretoken evaluate --gate --format json` printed. */
function gateRows({ taskCv, repoOut }: GateQuality): readonly string[] {
  const share = (value: number | null) => (value === null ? '–' : `${Math.round(value * 100)} %`)
  const rows = [
    ['known repository', taskCv],
    ['new repository', repoOut],
  ] as const
  return [
    "| budget at | over it | Foretoken | LLM's own forecast | issue length | overspent $ stopped by Foretoken; LLM; length |",
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows.flatMap(([name, { budgets }]) =>
      budgets.map(({ level, whole, matched }) => {
        const { ours, self, length } = matched
        const dollars = [ours, self, length].map(({ caughtUsd }) => `$${Math.round(caughtUsd)}`).join('; ')
        const caught = [ours, self, length]
          .map(({ recall, wrongShare }) => `${share(recall)} · ${share(wrongShare)}`)
          .join(' | ')
        return `| ${name}, ${share(level)} quantile | ${whole.over} | ${caught} | ${dollars} |`
      }),
    ),
  ]
}

describe('README', () => {
  it('tells the accuracy measured on the tables that are shipped', async () => {
    const evaluation = JSON.parse(readFileSync(resolve(ROOT, 'data/evaluation.json'), 'utf8')) as Evaluation
    assert.equal(evaluation.data, (await readDataset(resolve(ROOT, 'data'))).hash)
  })

  it('shows what the program prints, every setting and every error', async () => {
    const readme = readFileSync(FILE, 'utf8')
    const fresh = await renewed(readme)
    if (process.env.UPDATE_GOLDEN) writeFileSync(FILE, fresh)
    else assert.equal(readme, fresh, 'make it again with UPDATE_GOLDEN=1')
  })
})
