import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { before, describe, it } from 'node:test'
import { csvParse } from 'd3-dsv'
import { cli } from '../unit/cli/fake-app.ts'
import { close } from '../unit/regress/close.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const CORPUS = resolve(ROOT, '../shared/corpus')

type Figure = { readonly estimate: number; readonly low: number; readonly high: number; readonly n: number }
type Row = Readonly<
  Record<string, string | number | Figure | { readonly value: null; readonly reason: string }>
>

/** A table of a report on the corpus, and what is said above it. */
async function corpusReport(name: string, ...args: readonly string[]) {
  const { exit, stdout, stderr } = await cli([
    'report',
    name,
    '--corpus',
    CORPUS,
    '--format',
    'json',
    ...args,
  ])
  assert.deepEqual([exit, stderr], [0, ''])
  const { sections, summary } = JSON.parse(stdout)
  return {
    summary: summary.join('\n') as string,
    words: (id: string): string =>
      sections.find((one: { id: string }) => one.id === id)?.words.join('\n') ?? '',
    rows: (id: string): readonly Row[] =>
      sections
        .flatMap(
          ({ blocks }: { blocks: readonly { table: { id: string; rows: readonly Row[] } }[] }) => blocks,
        )
        .find(({ table }: { table: { id: string } }) => table.id === id)?.table.rows ?? [],
  }
}

const published = csvParse(readFileSync(resolve(ROOT, 'data/published.csv'), 'utf8'))
const publishedAs = (study: string, figure: string): ReadonlyMap<string, number> =>
  new Map(
    published
      .filter((row) => row.study === study && row.figure === figure)
      .map((row) => [(row.row ?? '').toLowerCase(), Number(row.value)]),
  )
const estimate = (cell: Row[string] | undefined): number =>
  typeof cell === 'object' && 'estimate' in cell ? cell.estimate : Number.NaN

describe('the published figures, held against the corpus', {
  skip: existsSync(CORPUS) ? false : `there is none at ${CORPUS}`,
}, () => {
  let consumption: ReturnType<typeof corpusReport>
  before(() => {
    consumption = corpusReport('consumption')
  })

  it('are those of SWE-Effi for 15 systems: nine agree, four cannot be, two are possible', async () => {
    const report = await corpusReport('budget', '--benchmark', 'swe-bench-verified')
    const rows = report.rows('swe-effi-published-table')
    const told = publishedAs('swe-effi', 'effectiveness_tokens')
    assert.deepEqual([rows.length, told.size], [15, 15])
    for (const row of rows) assert.equal(row.published, told.get(String(row.system).toLowerCase()))
    const systems = (verdict: RegExp) =>
      rows.filter((row) => verdict.test(String(row.verdict))).map(({ system }) => system)
    assert.equal(systems(/^agrees/).length, 9)
    assert.equal(systems(/^agrees to the last digit$/).length, 5)
    assert.deepEqual(systems(/too low/), [
      'openhands · qwen3-32b',
      'auto-code-rover · llama-3.3-70b-instruct-fp8',
      'openhands · gpt-4o-mini-2024-07-18',
      'swe-agent · gpt-4o-mini-2024-07-18',
    ])
    assert.deepEqual(systems(/possible/), ['swe-agent · qwen3-32b', 'openhands · llama-3.3-70b-instruct-fp8'])
    // Exactly those have runs over the cap.
    assert.deepEqual(
      rows
        .filter(({ runs_over_cap }) => Number(runs_over_cap) > 0)
        .map(({ system }) => system)
        .toSorted(),
      [...systems(/too low/), ...systems(/possible/)].toSorted(),
    )
    // By its own rule, of the system all of whose resolved runs are there: the published digits.
    const swe = rows.find(({ system }) => system === 'swe-agent · gpt-4o-mini-2024-07-18')
    assert.equal(Number(swe?.by_its_rule).toFixed(4), '0.0508')
    const words = report.words('swe-effi-published')
    assert.match(
      words,
      /11 agree with the definition: all 9 systems .* and 2 of the 6 others; 4 cannot be reached by it/,
    )
    assert.match(
      words,
      /openhands · gpt-4o-mini-2024-07-18: over the 42 tasks .* gives 0\.0816, over 50 it gives 0\.0685/,
    )
    assert.match(report.summary, /Of 15 published effectiveness scores 11 agree/)
  })

  it('are those of the models’ own forecasts on 401 tasks, lower than ours for a reason, ratios alike', async () => {
    const report = await consumption
    const rows = report.rows('self-forecast-table')
    assert.deepEqual(
      rows.map(({ tasks }) => tasks),
      Array.from({ length: 8 }, () => 401),
    )
    const [input, output] = [publishedAs('spending', 'r_input_raw'), publishedAs('spending', 'r_output_raw')]
    for (const row of rows) {
      const model = String(row.model)
      assert.equal(row.r_input_published, input.get(model))
      assert.equal(row.r_output_published, output.get(model))
      assert.ok(estimate(row.r_input_raw) > Number(row.r_input_published) - 0.005, model)
      assert.ok(estimate(row.r_output_raw) > Number(row.r_output_published) - 0.005, model)
    }
    const costs = report.rows('self-forecast-cost')
    for (const { model, tasks, mean_of_ratios: ours, ratio_published: theirs } of costs) {
      // Two decimals, and 99 of 500 tasks that are not at hand.
      if (tasks !== 0) close([estimate(ours)], [Number(theirs)], 0.035)
      else assert.equal(model, 'qwen3-coder')
    }
    assert.match(report.summary, /8 models foretell their own output tokens with r = \.12 to \.51/)
  })

  it('are those of spread, of dearer tasks and of difficulty, with where they lie among ours', async () => {
    const report = await consumption
    const rows = report.rows('spending-published-table')
    assert.deepEqual(
      rows.map(({ published: value, verdict }) => [value, verdict]),
      [
        [0.54, 'above ours'],
        [0.426, 'above ours'],
        [0.452, 'above ours'],
        [-0.841, 'within ours'],
        [0.32, 'within ours'],
        [0.1151, 'above ours'],
        [0.2738, 'above ours'],
      ],
    )
    assert.match(
      report.words('spending-published'),
      /of other runs.*\n.*towards 0\.\n.*no whole number gives/,
    )
    // Phases and rounds are of whole runs, call by call.
    const phases = report.rows('phases-mini-swe-agent-gemini-3-pro-preview-20251118-swe-bench-verified-table')
    assert.deepEqual(
      phases.map(({ runs }) => runs),
      [401, 401, 401, 401, 401],
    )
  })
})
