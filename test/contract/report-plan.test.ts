import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { runLine } from '../fixtures/run-lines.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { cli } from '../unit/cli/fake-app.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../data/examples')
const RESOURCES = join(EXAMPLES, 'plan-resources.yaml')

const report = (cwd: string, ...args: readonly string[]) => cli(['report', 'plan', ...args], { cwd })

async function json(cwd: string, ...args: readonly string[]) {
  const { exit, stdout, stderr } = await report(cwd, ...args, '--format', 'json')
  return { exit, stderr, ...JSON.parse(stdout) }
}

interface Table {
  readonly id: string
  readonly rows: readonly Readonly<Record<string, unknown>>[]
}

/** The rows of a table of a report in JSON. */
const rowsOf = (answer: { sections: { blocks: { table: Table }[] }[] }, id: string): Table['rows'] => {
  const table = answer.sections.flatMap(({ blocks }) => blocks).find((block) => block.table.id === id)?.table
  assert.ok(table, id)
  return table.rows
}

describe('foretoken report plan', () => {
  it('forecasts the issues of a plan without a store, and makes none', async () => {
    const cwd = temporaryFolder()
    const answer = await json(cwd, join(EXAMPLES, 'plan.yaml'))
    assert.deepEqual([answer.exit, answer.schema, answer.name], [0, 'report/1', 'plan'])
    const rows = rowsOf(answer, 'planned-cost')
    assert.deepEqual(
      rows.map(({ system, runs, from }) => [system, runs, from]),
      [
        ['openhands · gpt-5', 15, '3 forecasts'],
        ['openhands · claude-sonnet-4-5', 15, '3 forecasts'],
        ['all', 30, '3 forecasts'],
      ],
    )
    const [first, second, all] = rows.map((row) => row.expected_usd as number) as [number, number, number]
    assert.ok(Math.abs(first + second - all) < 1e-6 && first > 1 && second > first)
    for (const { p10_usd, expected_usd, p90_usd } of rows)
      assert.ok(
        (p10_usd as number) < (expected_usd as number) && (expected_usd as number) < (p90_usd as number),
      )
    assert.ok(!existsSync(join(cwd, '.foretoken/foretoken.db')))
  })

  it('takes what runs of the store tell, those that are chosen', async () => {
    const cwd = temporaryFolder()
    writeFileSync(
      join(cwd, 'runs.jsonl'),
      Array.from({ length: 1200 }, (_, i) => `${runLine(i, 2)}\n`).join(''),
    )
    assert.equal((await cli(['import', 'runs.jsonl'], { cwd })).exit, 0)
    const plan = {
      schema: 'plan/1',
      tasks: { count: 50 },
      agents: ['my-agent'],
      models: ['gpt-5'],
      repeats: 3,
    }
    writeFileSync(join(cwd, 'plan.json'), JSON.stringify(plan))
    const told = await json(cwd, 'plan.json')
    assert.deepEqual(
      rowsOf(told, 'assumed').map(({ figure, from }) => [figure, from]),
      [
        ['resolved', '1,200 runs of 400 tasks'],
        ['consistency', '1,200 runs of 400 tasks'],
        ['infra errors', '1,200 runs of 400 tasks'],
        ['agreement', 'the same system'],
      ],
    )
    assert.equal(rowsOf(told, 'planned-cost')[0]?.from, '1,200 runs of 400 tasks')
    const chosen = await json(cwd, 'plan.json', '--task', 'task-1*')
    assert.equal(rowsOf(chosen, 'assumed')[0]?.from, '333 runs of 111 tasks')
    const none = await json(cwd, 'plan.json', '--before', '2020-01-01')
    assert.equal(rowsOf(none, 'assumed')[0]?.from, 'a guess')
  })

  it('says what a model without a price costs: that it is not known', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'a.md'), '# A\n\nIt crashes.\n')
    writeFileSync(
      join(cwd, 'plan.yaml'),
      'schema: plan/1\ntasks: [a.md]\nagents: [openhands]\nmodels: [gpt-5, no-such-model]\n',
    )
    const answer = await json(cwd, 'plan.yaml')
    const [known, unknown, all] = rowsOf(answer, 'planned-cost')
    assert.equal(typeof known?.expected_usd, 'number')
    for (const row of [unknown, all]) {
      const { value, reason } = row?.expected_usd as { value: null; reason: string }
      assert.equal(value, null)
      assert.match(reason, /no-such-model/)
    }
    assert.match(answer.summary[0], /at a cost that is not known \(openhands · no-such-model/)
  })

  it('answers in every form, into a file, and with its figures', async () => {
    const cwd = temporaryFolder()
    for (const [format, start] of Object.entries({
      text: /^WHAT A PLAN/,
      markdown: /^# What a plan/,
      csv: /^report,/,
    }))
      assert.match((await report(cwd, RESOURCES, '--format', format)).stdout, start)
    const { exit, stdout, stderr } = await report(
      cwd,
      RESOURCES,
      '--format',
      'html',
      '--out',
      'plan.html',
      '--figures',
      'figures',
    )
    assert.deepEqual([exit, stdout], [0, ''])
    assert.match(stderr, /written: plan\.html/)
    assert.match(readFileSync(join(cwd, 'plan.html'), 'utf8'), /^<!doctype html>[\s\S]*<svg/)
    assert.deepEqual(readdirSync(join(cwd, 'figures')).sort(), [
      'detectable-by-cost.png',
      'detectable-by-cost.svg',
      'detectable-by-repeats.png',
      'detectable-by-repeats.svg',
    ])
  })

  it('tells every mistake of a plan with its line, and exits with 2', async () => {
    const cwd = temporaryFolder()
    writeFileSync(
      join(cwd, 'plan.yaml'),
      'schema: plan/1\ntask: [a.md]\nagents: [a]\nmodels: [m]\nrepeats: 0\n',
    )
    const { exit, stdout, stderr } = await report(cwd, 'plan.yaml')
    assert.deepEqual([exit, stdout], [2, ''])
    assert.equal(
      stderr,
      [
        'error: The plan cannot be used: plan.yaml has 3 problems',
        '  1:1 /tasks  tasks is missing → give a list of issue files, or {count: 100} where they are not chosen yet',
        '  2:1 /task  there is no "task" here → did you mean "tasks"?',
        '  5:10 /repeats  0 → give a whole number of repeats from 1 to 10000',
        '→ correct what is listed; see data/examples/plan.yaml and data/schemas/plan-1.schema.json',
        '',
      ].join('\n'),
    )
    const failed = await json(cwd, 'plan.yaml')
    assert.deepEqual([failed.exit, failed.schema, failed.error.code], [2, 'error/1', 'plan-malformed'])
    assert.deepEqual(failed.error.problems[2], {
      pointer: '/repeats',
      line: 5,
      column: 10,
      found: '0',
      fix: 'give a whole number of repeats from 1 to 10000',
    })
  })

  it('exits with 2 where there is no plan, no issue, no repository or no store that was named', async () => {
    const cwd = temporaryFolder()
    const plan = (tasks: string, more = '') =>
      writeFileSync(
        join(cwd, 'plan.yaml'),
        `schema: plan/1\ntasks: ${tasks}\nagents: [a]\nmodels: [gpt-5]\n${more}`,
      )
    const fails = async (code: string, ...args: readonly string[]) => {
      const { exit, error } = await json(cwd, ...args)
      assert.deepEqual([exit, error.code], [2, code])
    }
    await fails('file-not-found', 'gone.yaml')
    await fails('file-unreadable', '.')
    writeFileSync(join(cwd, 'latin.yaml'), Buffer.from([0x61, 0xe4, 0x0a]))
    await fails('plan-malformed', 'latin.yaml')
    plan('[gone.md]')
    await fails('file-not-found', 'plan.yaml')
    writeFileSync(join(cwd, 'a.md'), '# A\n')
    plan('[a.md]', 'repo: nowhere\n')
    await fails('repository-not-found', 'plan.yaml')
    plan('{count: 9}')
    await fails('store-not-found', 'plan.yaml', '--db', 'gone.db')
    assert.equal((await report(cwd)).exit, 2)
  })

  it('shows names that others wrote, and runs nothing that they hold', async () => {
    const cwd = temporaryFolder()
    const model = '\u001b[31m<script>alert(1)</script>'
    const plan = { schema: 'plan/1', tasks: { count: 50 }, agents: ['a'], models: [model] }
    writeFileSync(join(cwd, 'plan.json'), JSON.stringify(plan))
    assert.ok(!(await report(cwd, 'plan.json')).stdout.includes('\u001b'))
    assert.ok(!(await report(cwd, 'plan.json', '--format', 'html')).stdout.includes('<script>'))
  })
})
