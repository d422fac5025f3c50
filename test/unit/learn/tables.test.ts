import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type CachingRow, formatCaching, parseCaching } from '../../../src/learn/corpus-caching.ts'
import { parseIdeas } from '../../../src/learn/ideas.ts'
import { formatSpend, parseSpend, type SpendRow, selfForecastOf } from '../../../src/learn/spend.ts'
import { formatGrams, formatTasks, parseTasks } from '../../../src/learn/tables.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { syntheticDataset } from '../../fixtures/synthetic-dataset.ts'

const { dataset } = syntheticDataset({ tasks: 5, seed: 1, models: ['a'] })
const [tasksCsv, gramsCsv] = [formatTasks(dataset.tasks), formatGrams(dataset.tasks)]
const malformed = (detail: RegExp) => failsWith('data-malformed', detail)

/** A CSV with the cell of a line (1 = header) and column replaced. */
function withCell(csv: string, line: number, column: number | string, cell: string): string {
  const rows = csv.split('\n').map((row) => row.split(','))
  const index = typeof column === 'number' ? column : (rows[0]?.indexOf(column) ?? -1)
  const row = rows[line - 1] as string[]
  row[index] = cell
  return rows.map((each) => each.join(',')).join('\n')
}

describe('the table of tasks', () => {
  it('is the same after it was written and read, to six digits', () => {
    const read = parseTasks(tasksCsv, gramsCsv)
    assert.equal(formatTasks(read), tasksCsv)
    assert.equal(formatGrams(read), gramsCsv)
    for (const [t, { id, repository, commit, features }] of read.entries()) {
      const written = dataset.tasks[t]
      assert.deepEqual([id, repository, commit], [written?.id, written?.repository, written?.commit])
      assert.deepEqual(
        new Map(features.bags.text),
        new Map([...(written?.features.bags.text ?? [])].sort(([a], [b]) => a - b)),
      )
      assert.equal(features.repository, true)
    }
  })

  it('keeps a feature that cannot be had apart from 0', () => {
    const blank = parseTasks(withCell(withCell(tasksCsv, 2, 3, ''), 3, 3, '0'), gramsCsv)
    assert.deepEqual([blank[0]?.features.dense.length[0], blank[1]?.features.dense.length[0]], [null, 0])
  })

  it('is refused with the line and column of a cell that is no number', () => {
    for (const cell of ['x', 'NaN', 'Infinity', '1e999', '1 2']) {
      assert.throws(
        () => parseTasks(withCell(tasksCsv, 4, 5, cell), gramsCsv),
        malformed(/^tasks\.csv line 4: length\.\w+ is "/),
      )
    }
  })

  it('is refused when a row is too short or too long', () => {
    const lines = tasksCsv.split('\n')
    const at = (line: number, change: (row: string) => string) =>
      lines.map((row, i) => (i === line - 1 ? change(row) : row)).join('\n')
    assert.throws(
      () =>
        parseTasks(
          at(3, (row) => row.slice(0, row.lastIndexOf(','))),
          gramsCsv,
        ),
      malformed(/^tasks\.csv line 3: \d+ cells, not/),
    )
    assert.throws(
      () =>
        parseTasks(
          at(3, (row) => `${row},1`),
          gramsCsv,
        ),
      malformed(/^tasks\.csv line 3: \d+ cells, not/),
    )
  })

  it('is refused when its columns are of other features', () => {
    assert.throws(
      () => parseTasks(withCell(tasksCsv, 1, 4, 'length.moon_phase'), gramsCsv),
      malformed(/has column length\.moon_phase where length\./),
    )
    assert.throws(() => parseTasks('', gramsCsv), malformed(/where task should be/))
    assert.throws(
      () => parseTasks(tasksCsv.replace('\n', ',more\n'), gramsCsv),
      malformed(/where none should be/),
    )
  })

  it('is refused without the pieces of words of a task, or with some that are none', () => {
    assert.throws(
      () => parseTasks(tasksCsv, gramsCsv.replace('task-2,title', 'task-2,tittle')),
      malformed(/grams\.csv has no title of task-2/),
    )
    for (const entry of ['x', '-1', '1.5', '16384', '3:0', '3:', '3:x', '3:1:2']) {
      const damaged = withCell(gramsCsv, 3, 2, entry)
      assert.throws(
        () => parseTasks(tasksCsv, damaged),
        malformed(/^grams\.csv line 3: ".*" is no bucket/),
        entry,
      )
    }
  })
})

const ROW: SpendRow = {
  task: 't,"1"',
  agent: 'openhands',
  model: 'm',
  runs: 4,
  inputTokens: 123456.75,
  outputTokens: 20,
  cacheReadTokens: 0,
  calls: null,
  resolved: 3,
  succeeded: { inputTokens: 1, outputTokens: 2 },
  failed: null,
  selfInputTokens: 0,
  selfOutputTokens: 7,
}

describe('the table of what was spent', () => {
  it('is the same after it was written and read, with nothing and 0 apart', () => {
    assert.deepEqual(parseSpend(formatSpend([ROW, { ...ROW, cacheReadTokens: null }])), [
      ROW,
      { ...ROW, cacheReadTokens: null },
    ])
  })

  it('is refused with the line and column of a cell that is no count', () => {
    const csv = formatSpend([
      { ...ROW, task: 't' },
      { ...ROW, task: 'u' },
    ])
    for (const [column, cell] of [
      ['calls', 'x'],
      ['output_tokens', ''],
      ['output_tokens', '0'],
      ['input_tokens', '-1'],
      ['runs', 'NaN'],
      ['self_input_tokens', 'Infinity'],
    ] as const) {
      const detail = new RegExp(`^spend\\.csv line 3: ${column} is `)
      assert.throws(() => parseSpend(withCell(csv, 3, column, cell)), malformed(detail), `${column} ${cell}`)
    }
  })

  it('is refused without a column, by its name', () => {
    assert.throws(
      () => parseSpend(formatSpend([ROW]).replace('resolved', 'solved')),
      malformed(/no column resolved/),
    )
    assert.throws(() => parseSpend(''), malformed(/no column task/))
  })

  it('has a self-forecast only where the model answered more than 0', () => {
    assert.deepEqual(selfForecastOf({ ...ROW, selfInputTokens: 3 }), { outputTokens: 7, totalTokens: 10 })
    for (const none of [{}, { selfInputTokens: null }, { selfInputTokens: 3, selfOutputTokens: 0 }]) {
      assert.equal(selfForecastOf({ ...ROW, ...none }), null)
    }
  })
})

describe('the table of caching', () => {
  const rows: CachingRow[] = [
    { agent: 'a', model: 'm', cacheReadShare: 0.5, cacheWriteShare: 0, method: 'recorded' },
    { agent: 'a', model: 'n', cacheReadShare: null, cacheWriteShare: null, method: 'not recorded' },
  ]

  it('is the same after it was written and read', () => {
    assert.deepEqual(parseCaching(formatCaching(rows)), rows)
  })

  it('is refused with the line of a share that is none, and without a column', () => {
    for (const cell of ['1.5', '-0.1', 'x']) {
      assert.throws(
        () => parseCaching(withCell(formatCaching(rows), 2, 2, cell)),
        malformed(/caching\.csv line 2: share/),
      )
    }
    assert.throws(() => parseCaching('agent,model\na,m\n'), malformed(/no column cache_read_share/))
  })
})

describe('the table of ideas', () => {
  const head = 'idea,task_cv_output,task_cv_total,repo_out_output,repo_out_total,verdict'

  it('tells of each what it led to', () => {
    const [idea] = parseIdeas(`${head}\n"More, words",.5,.6,.3,-.1,kept\n`)
    assert.deepEqual(idea, {
      idea: 'More, words',
      taskCv: { output: 0.5, total: 0.6 },
      repoOut: { output: 0.3, total: -0.1 },
      verdict: 'kept',
    })
  })

  it('is refused with the line and column of a figure that is none', () => {
    assert.throws(
      () => parseIdeas(`${head}\na,1,2,3,4,x\nb,1,,3,4,x\n`),
      malformed(/ideas\.csv line 3: task_cv_total is ""/),
    )
  })
})

describe('the tables that are shipped', () => {
  const shipped = (name: string) => readFileSync(join(import.meta.dirname, '../../../data', name), 'utf8')

  it('are as this version writes them', () => {
    assert.equal(formatSpend(parseSpend(shipped('spend.csv'))), shipped('spend.csv'))
    assert.equal(formatCaching(parseCaching(shipped('caching.csv'))), shipped('caching.csv'))
    const tasks = parseTasks(shipped('tasks.csv'), shipped('grams.csv'))
    assert.equal(formatTasks(tasks), shipped('tasks.csv'))
    assert.equal(formatGrams(tasks), shipped('grams.csv'))
  })
})
