import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { parquetReadObjects } from 'hyparquet'
import { matchedEstimates } from '../../src/store/keep-estimates.ts'
import { openStore } from '../../src/store/open-store.ts'
import { runLine } from '../fixtures/run-lines.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { cli } from '../unit/cli/fake-app.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const README = join(ROOT, 'README.md')

const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, i) => `${runLine(from + i, 2)}\n`).join('')

const run = (cwd: string, ...args: readonly string[]) => cli(args, { cwd })

async function json(cwd: string, ...args: readonly string[]) {
  const { exit, stdout, stderr } = await run(cwd, ...args, '--format', 'json')
  return { exit, stderr, ...JSON.parse(stdout) }
}

describe('foretoken import', () => {
  it('takes in each run once, however often and in whatever form it comes', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'a.jsonl'), lines(0, 5))
    const first = await json(cwd, 'import', 'a.jsonl')
    assert.deepEqual([first.exit, first.schema, first.sources[0].runs.added], [0, 'import/1', 5])
    const again = await json(cwd, 'import', 'a.jsonl')
    assert.deepEqual([again.exit, again.sources[0].known], [0, true])
    mkdirSync(join(cwd, 'deep'))
    writeFileSync(join(cwd, 'deep/b.jsonl.gz'), gzipSync(lines(3, 7)))
    const folder = await json(cwd, 'import', 'deep', 'a.jsonl')
    assert.deepEqual(
      folder.sources.map(({ runs }: { runs: object }) => runs),
      [
        { added: 2, updated: 0, unchanged: 2, copy: 0 },
        { added: 0, updated: 0, unchanged: 0, copy: 0 },
      ],
    )
    const stdin = await cli(['import', '-', '--format', 'json'], {
      cwd,
      stdin: async function* () {
        yield Buffer.from(lines(6, 8))
      },
    })
    assert.deepEqual(JSON.parse(stdin.stdout).sources[0].runs, {
      added: 1,
      updated: 0,
      unchanged: 1,
      copy: 0,
    })
    assert.equal((await json(cwd, 'runs', 'list')).runs.length, 8)
  })

  it('imports the rest when something cannot be read, tells the place, and exits with 2', async () => {
    const cwd = temporaryFolder()
    const negative = runLine(1, 1).replace(/"output":\d+/, '"output":-3')
    writeFileSync(
      join(cwd, 'a.jsonl'),
      `${runLine(0, 1)}\n${negative}\n{"schema":"run/1"\n${runLine(2, 1)}\n`,
    )
    writeFileSync(join(cwd, 'notes.md'), '# Notes\n')
    const { exit, sources, skipped } = await json(cwd, 'import', 'a.jsonl', 'gone.jsonl', 'notes.md')
    assert.equal(exit, 2)
    assert.equal(sources[0].runs.added, 2)
    assert.deepEqual(
      sources[0].unreadable.map(({ line }: { line: number }) => line),
      [2, 3],
    )
    assert.match(sources[0].unreadable[0].error.detail, /a\.jsonl, line 2.*\/output.*/)
    assert.deepEqual(
      skipped.map(({ name, error }: { name: string; error: { code: string } | null }) => [name, error?.code]),
      [
        ['gone.jsonl', 'file-not-found'],
        ['notes.md', undefined],
      ],
    )
    const text = await run(cwd, 'import', 'a.jsonl', 'gone.jsonl', 'notes.md')
    assert.equal(text.exit, 2)
    assert.match(text.stdout, /3 places could not be read:\n {2}.*gone\.jsonl/)
    assert.match(text.stdout, /1 place of no known format:\n {2}notes\.md/)
  })

  it('only tells with --dry-run', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'a.jsonl'), lines(0, 5))
    const dry = await json(cwd, 'import', 'a.jsonl', '--dry-run')
    assert.deepEqual([dry.exit, dry.dryRun, dry.sources[0].runs.added], [0, true, 5])
    assert.equal((await json(cwd, 'runs', 'list')).error.code, 'store-not-found')
    await run(cwd, 'import', 'a.jsonl')
    writeFileSync(join(cwd, 'b.jsonl'), lines(4, 6))
    assert.equal((await json(cwd, 'import', 'b.jsonl', '--dry-run')).sources[0].runs.added, 1)
    assert.equal((await json(cwd, 'runs', 'list')).runs.length, 5)
    assert.equal((await json(cwd, 'import', 'b.jsonl')).sources[0].runs.added, 1)
  })

  it('says where a store cannot be', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'a.jsonl'), lines(0, 1))
    const { exit, stderr } = await run(cwd, 'import', 'a.jsonl', '--db', 'a.jsonl')
    assert.equal(exit, 2)
    assert.match(stderr, /The store cannot be used: .*a\.jsonl/)
  })
})

describe('foretoken runs', () => {
  async function imported(): Promise<string> {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'a.jsonl'), lines(0, 60))
    await run(cwd, 'import', 'a.jsonl')
    return cwd
  }

  it('lists what is asked for, and how many more there are', async () => {
    const cwd = await imported()
    const { runs, more } = await json(cwd, 'runs', 'list', '--outcome', 'resolved', '--limit', '3')
    assert.deepEqual([runs.length, more], [3, 17])
    const text = await run(cwd, 'runs', 'list', '--task', 'task-1?')
    assert.equal(text.stdout.trim().split('\n').length, 11)
    assert.match(text.stdout, /^id +task +agent +model/)
    const none = await run(cwd, 'runs', 'list', '--model', 'other')
    assert.equal(none.stdout, 'no runs\n')
    const wrong = await run(cwd, 'runs', 'list', '--from', 'yesterday')
    assert.equal(wrong.exit, 2)
    assert.match(wrong.stderr, /\/from/)
  })

  it('shows one run by the beginning of its id, with its calls', async () => {
    const cwd = await imported()
    const { stdout } = await run(cwd, 'runs', 'show', 'run-0000007')
    assert.match(stdout, /cost +\$0\.0\d+ \(genai-prices/)
    assert.match(stdout, /\n2 +gpt-5 /)
    const many = await run(cwd, 'runs', 'show', 'run-000000')
    assert.match(many.stderr, /more than one begins with "run-000000"/)
    assert.match((await run(cwd, 'runs', 'show', 'nope*')).stderr, /No such run: "nope\*"/)
  })

  it('exports what imports as the same, without loss', async () => {
    const cwd = await imported()
    await run(cwd, 'runs', 'export', '--out', 'out.jsonl')
    const text = readFileSync(join(cwd, 'out.jsonl'), 'utf8')
    assert.equal((await run(cwd, 'runs', 'export')).stdout, text)
    assert.deepEqual((await json(cwd, 'import', 'out.jsonl')).sources[0].runs, {
      added: 0,
      updated: 0,
      unchanged: 60,
      copy: 0,
    })
    await run(cwd, 'import', 'out.jsonl', '--db', 'other.db')
    const other = (await run(cwd, 'runs', 'export', '--db', 'other.db')).stdout
    // Only where it was read from last is another.
    const plain = (lines: string) => lines.replace(/"source":\{[^}]*\}/g, '')
    assert.equal(plain(other), plain(text))
  })

  it('keeps the resources of a run through store, export and table', async () => {
    const cwd = temporaryFolder()
    const line = (id: string, conditions: object) => JSON.stringify({ schema: 'run/1', id, conditions })
    const lines = [
      line('a', { multiplier: 'uncapped', host: 'node-7', concurrency: 4 }),
      line('b', { multiplier: 1.5 }),
    ]
    writeFileSync(join(cwd, 'a.jsonl'), `${lines.join('\n')}\n`)
    await run(cwd, 'import', 'a.jsonl')
    const exported = (await run(cwd, 'runs', 'export')).stdout
    assert.match(
      exported,
      /"id":"a".*"conditions":\{"multiplier":"uncapped","host":"node-7","concurrency":4\}/,
    )
    assert.match(exported, /"id":"b".*"conditions":\{"multiplier":1.5,"host":null,"concurrency":null\}/)
    writeFileSync(join(cwd, 'out.jsonl'), exported)
    assert.equal((await json(cwd, 'import', 'out.jsonl')).sources[0].runs.unchanged, 2)
    const { runs } = await json(cwd, 'runs', 'list')
    assert.equal(runs[0].conditions.multiplier, 'uncapped')
    const shown = (await run(cwd, 'runs', 'show', 'a')).stdout
    assert.match(shown, /resources +uncapped, on node-7, 4 runs at once\n/)
    const csv = (await run(cwd, 'runs', 'export', '--as', 'csv')).stdout.split('\n')
    assert.match(csv[1] ?? '', /,Infinity,node-7,4,/)
    await run(cwd, 'runs', 'export', '--as', 'parquet', '--out', 'runs.parquet')
    const bytes = new Uint8Array(readFileSync(join(cwd, 'runs.parquet'))).buffer
    const rows = await parquetReadObjects({ file: bytes })
    assert.deepEqual(
      rows.map(({ multiplier, host, concurrency }) => [multiplier, host, concurrency]),
      [
        [Number.POSITIVE_INFINITY, 'node-7', 4n],
        [1.5, null, null],
      ],
    )
  })

  it('exports a table as CSV and Parquet, unknown as blank', async () => {
    const cwd = temporaryFolder()
    const unknown = JSON.stringify({ schema: 'run/1', id: 'x', task: { id: 'a,"b"\n' }, outcome: 'resolved' })
    writeFileSync(join(cwd, 'a.jsonl'), `${unknown}\n${runLine(1, 2)}\n`)
    await run(cwd, 'import', 'a.jsonl')
    const csv = (await run(cwd, 'runs', 'export', '--as', 'csv')).stdout
    const [heads = '', , , last = ''] = csv.split('\n')
    assert.ok(heads.startsWith('id,benchmark,task,'))
    assert.match(csv, /run-0000001,made,task-1,example\/tables,my-agent,,gpt-5,gpt-5,1,/)
    assert.match(last, /"$|,,,,/)
    const { stderr } = await run(cwd, 'runs', 'export', '--as', 'parquet')
    assert.match(stderr, /without --out/)
    await run(cwd, 'runs', 'export', '--as', 'parquet', '--out', 'runs.parquet')
    const bytes = readFileSync(join(cwd, 'runs.parquet'))
    const rows = await parquetReadObjects({ file: new Uint8Array(bytes).buffer })
    const byId = new Map(rows.map((row) => [row.id, row]))
    assert.equal(byId.get('x')?.input_tokens, null)
    assert.equal(byId.get('x')?.task, 'a,"b"\n')
    const { usage } = JSON.parse(runLine(1, 2))
    assert.equal(byId.get('run-0000001')?.input_tokens, BigInt(usage.input))
  })

  it('copies the store', async () => {
    const cwd = await imported()
    const { exit } = await run(cwd, 'runs', 'backup', 'copy.db')
    assert.equal(exit, 0)
    assert.equal((await json(cwd, 'runs', 'list', '--db', 'copy.db', '--limit', '100')).runs.length, 60)
  })
})

describe('a forecast', () => {
  it('is kept where there is a store, and only there', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'issue.md'), '---\nid: task-1\n---\n# Rows are lost\n')
    const estimate = () => run(cwd, 'estimate', 'issue.md', '--agent', 'my-agent', '--model', 'gpt-5')
    assert.equal((await estimate()).exit, 0)
    assert.equal(existsSync(join(cwd, '.foretoken/foretoken.db')), false)
    writeFileSync(join(cwd, 'a.jsonl'), lines(0, 1))
    await run(cwd, 'import', 'a.jsonl')
    await estimate()
    const { exit } = await estimate()
    assert.equal(exit, 0)
    const later = runLine(1, 2).replace(/"startedAt":"[^"]*"/, '"startedAt":"2026-12-01T00:00:00Z"')
    writeFileSync(join(cwd, 'b.jsonl'), `${later}\n`)
    await run(cwd, 'import', 'b.jsonl')
    const store = openStore(join(cwd, '.foretoken/foretoken.db'), { create: false })
    const kept = [...matchedEstimates(store)]
    store.close()
    assert.deepEqual(
      kept.map(({ task, forecast, actual }) => [task, forecast.model, actual?.id]),
      [['task-1', 'gpt-5', 'run-0000001']],
    )
  })

  it('is given all the same when the store cannot be used', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'issue.md'), '# Rows are lost\n')
    writeFileSync(join(cwd, 'no.db'), 'no database')
    const { exit, stderr } = await run(cwd, 'estimate', 'issue.md', '--db', 'no.db')
    assert.equal(exit, 0)
    assert.match(stderr, /the forecast is not kept: The store cannot be used/)
  })
})

describe('a table of one’s own', () => {
  it('comes in through the map of the README', async () => {
    const [, map = ''] = /```json\n(\{"schema":"map\/1".*)\n```/.exec(readFileSync(README, 'utf8')) ?? []
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'map.json'), map)
    const rows = ['id,ticket,model,prompt_tokens,cached_tokens,completion_tokens,cost']
    rows.push('a,T-1,gpt-5,1000,400,50,0.02', 'b,T-2,gpt-5,,,7,', 'c,T-3,gpt-5,10,x,7,')
    writeFileSync(join(cwd, 'spend.csv'), `${rows.join('\n')}\n`)
    const { exit, sources } = await json(cwd, 'import', 'spend.csv', '--map', 'map.json')
    assert.deepEqual([exit, sources[0].runs.added, sources[0].unreadable.length], [2, 2, 1])
    assert.match(sources[0].unreadable[0].error.detail, /spend\.csv, line 4.*cached_tokens.*x/)
    const { runs } = await json(cwd, 'runs', 'list')
    const byTask = new Map(runs.map((run: { task: { id: string } }) => [run.task.id, run]))
    const unknown = { cacheWrite5m: null, cacheWrite1h: null, reasoning: null }
    const told = (id: string) => (byTask.get(id) as { usage: object }).usage
    assert.deepEqual(told('T-1'), { input: 600, cacheRead: 400, output: 50, ...unknown })
    assert.deepEqual(told('T-2'), { input: null, cacheRead: null, output: 7, ...unknown })
  })

  it('is refused with a map that is none, and the place in it', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'map.json'), '{"schema":"map/1","rows":"xml"}')
    writeFileSync(join(cwd, 'spend.csv'), 'a\n1\n')
    const { exit, stderr } = await run(cwd, 'import', 'spend.csv', '--map', 'map.json')
    assert.equal(exit, 2)
    assert.match(stderr, /The map cannot be used: map\.json: .*\/rows/)
    assert.match(
      (await run(cwd, 'import', 'spend.csv', '--map', 'gone.json')).stderr,
      /No such file: gone\.json/,
    )
  })
})

const CORPUS = resolve(ROOT, '../shared/corpus')

describe('the corpus of real runs', {
  skip: existsSync(CORPUS) ? false : `there is none at ${CORPUS}`,
}, () => {
  const maps = ['corpus-runs', 'corpus-calls'].map((name) => resolve(ROOT, `data/maps/${name}.json`))
  const files = ['runs.csv.gz', 'calls.jsonl.gz'].map((name) => join(CORPUS, name))

  it('comes in whole, a second time changes nothing, and goes out without loss', async () => {
    const cwd = temporaryFolder()
    const bring = (i: number) => json(cwd, 'import', files[i] ?? '', '--map', maps[i] ?? '')
    const [table, calls] = [await bring(0), await bring(1)]
    assert.deepEqual(table.sources[0].runs, { added: 10_602, updated: 0, unchanged: 0, copy: 0 })
    // The calls are of runs that the table tells too.
    assert.deepEqual(calls.sources[0].runs, { added: 0, updated: 442, unchanged: 0, copy: 0 })
    for (const i of [0, 1]) assert.equal((await bring(i)).sources[0].known, true)
    const out = (await run(cwd, 'runs', 'export', '--superseded')).stdout
    writeFileSync(join(cwd, 'out.jsonl'), out)
    const back = await json(cwd, 'import', 'out.jsonl')
    assert.deepEqual(back.sources[0].runs, { added: 0, updated: 0, unchanged: 10_602, copy: 0 })
    await run(cwd, 'import', 'out.jsonl', '--db', 'other.db')
    const other = (await run(cwd, 'runs', 'export', '--superseded', '--db', 'other.db')).stdout
    const plain = (lines: string) => lines.replace(/"source":\{[^}]*\}/g, '')
    assert.ok(plain(other) === plain(out), 'what came back is not what went out')
  })
})
