import assert from 'node:assert/strict'
import { createReadStream, existsSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { createGunzip, gunzipSync } from 'node:zlib'
import { csvParse } from 'd3-dsv'
import { mappedFormat, mapSchema, parseMap } from '../../../src/trajectory/csv-map.ts'
import { Gatherer } from '../../../src/trajectory/csv-map-gather.ts'
import type { Run } from '../../../src/trajectory/run.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { foundBy, jsonLines, sourceOf } from '../../fixtures/trajectory/csv-map-source.ts'
import { unknown, usage } from '../../fixtures/usage/usages.ts'
import { ROOT } from '../architecture/sources.ts'

const MAP = {
  schema: 'map/1',
  name: 'mine',
  rows: 'csv',
  key: ['task', 'n'],
  task: { id: 'task', benchmark: { value: 'swe-bench-lite' } },
  model: { column: 'model', values: { hidden: null, flash: 'gemini-2.5-flash' } },
  run: 'n',
  unknown: ['NA'],
  usage: { input: 'in', inputIncludesCache: true, cacheRead: 'cached', output: 'out' },
  calls: 'calls',
  outcome: { column: 'solved', values: { True: 'resolved', False: 'failed' } },
  wallSeconds: { column: 'ms', unit: 'ms' },
  startedAt: 'began',
  reportedUsd: 'cost',
}
const HEAD = 'task,n,model,in,cached,out,calls,solved,ms,began,cost'

const read = (map: object, content: string, size?: number) =>
  foundBy(mappedFormat(parseMap(map, 'map.json')), sourceOf(content, 'runs', size))
const csv = (...rows: readonly string[]) => read(MAP, [HEAD, ...rows].join('\n'))

describe('a map of a CSV', () => {
  it('puts every column into its field', async () => {
    const { runs, lines } = await csv(
      'django__django-1,2,gpt-5,1000,600.0,70,5,True,1500,2026-01-31T12:00:00+01:00,4.2e-2',
    )
    assert.deepEqual(lines, [2])
    assert.deepEqual(runs, [
      {
        key: 'django__django-1/2',
        task: { id: 'django__django-1', benchmark: 'swe-bench-lite', repository: 'django/django' },
        agent: null,
        agentVersion: null,
        model: 'gpt-5',
        run: 2,
        // 1000 with the 600 that were read from the cache: 400 beside them.
        usage: unknown({ input: 400, cacheRead: 600, output: 70 }),
        incomplete: false,
        calls: 5,
        steps: null,
        outcome: 'resolved',
        wallSeconds: 1.5,
        startedAt: '2026-01-31T11:00:00.000Z',
        reportedUsd: '0.042',
        conditions: { multiplier: null, host: null, concurrency: null },
        actions: [],
        quality: 'log',
        perCall: [],
      },
    ])
  })

  it('takes what is blank, or means unknown, as unknown and never as 0', async () => {
    const { runs } = await csv('t,1,,NA,, ,,,,,', 'u,1,hidden,5,,0,0,,,,0', 'v,1,flash,5,NA,1,,False,,,')
    assert.deepEqual(
      runs.map(({ model, usage, incomplete, calls, outcome, reportedUsd }) => [
        model,
        usage.input,
        usage.cacheRead,
        usage.output,
        incomplete,
        calls,
        outcome,
        reportedUsd,
      ]),
      [
        [null, null, null, null, true, null, null, null],
        [null, 5, null, 0, false, 0, null, '0'],
        ['gemini-2.5-flash', 5, null, 1, false, null, 'failed', null],
      ],
    )
  })

  it('reads quoted texts with separators, quotation marks and line ends in them, however the bytes are cut', async () => {
    const text = `\uFEFF${HEAD.replaceAll(',', ';')}\r\n"a; ""b""\r\nc";1;"gpt;5";3;;1;;;;;\r\n\r\nd;1;x;4;;1;;;;;\r\n`
    for (const size of [1, 2, 7, 5000]) {
      const { runs, lines, wrong } = await read({ ...MAP, separator: ';' }, text, size)
      assert.deepEqual(wrong, [])
      assert.deepEqual(
        runs.map(({ task, model, usage }) => [task.id, model, usage.input]),
        [
          ['a; "b"\r\nc', 'gpt;5', 3],
          ['d', 'x', 4],
        ],
      )
      assert.deepEqual(lines, [2, 5])
    }
  })

  it('names file, line, column and value of what is wrong, and reads on', async () => {
    const { runs, wrong, errors } = await csv(
      'a,1,m,-1,,1,,,,,',
      'b,1,m,1.5,,1,,,,,',
      'c,1,m,9007199254740992,,1,,,,,',
      'd,1,m,NaN,,1,,,,,',
      'e,1,m,1,,1,,maybe,,,',
      'f,1,m,1,,1,,,-3,,',
      'g,1,m,1,,1,,,,yesterday,',
      'h,1,m,1,,1,,,,,$3',
      'i,0,m,1,,1,,,,,',
      'j,1,m,1,,1,,,,',
      ',,m,1,,1,,,,,',
      'k,1,m,1,,1,,,,,',
      'k,1,m,2,,1,,,,,',
    )
    assert.deepEqual(
      runs.map(({ key }) => key),
      ['k/1'],
    )
    assert.deepEqual(wrong, [
      [2, 'runs, line 2: column "in": "-1" is no whole number from 0 to 9007199254740991'],
      [3, 'runs, line 3: column "in": "1.5" is no whole number from 0 to 9007199254740991'],
      [4, 'runs, line 4: column "in": "9007199254740992" is no whole number from 0 to 9007199254740991'],
      [5, 'runs, line 5: column "in": "NaN" is no number'],
      [6, 'runs, line 6: column "solved": "maybe" is not among the values of the map'],
      [7, 'runs, line 7: column "ms": "-3" is no time of 0 or more'],
      [8, 'runs, line 8: column "began": "yesterday" is no moment, such as 2026-01-31T12:00:00Z'],
      [9, 'runs, line 9: column "cost": "$3" is no dollars, such as 0.42'],
      [10, 'runs, line 10: repeats are counted from 1, and this run is 0'],
      [11, 'runs, line 11: 10 columns, where the headings are 11'],
      [12, 'runs, line 12: the key is blank'],
      [14, 'runs, line 14: the key of line 13 again: k/1'],
    ])
    assert.ok(errors.every(({ code, exit }) => code === 'run-malformed' && exit === 2))
  })

  it('says which text does not end, and what is not UTF-8', async () => {
    const open = await csv('a,1,m,1,,1,,,,,', '"b,1,m', 'c,1,m,1,,1,,,,,')
    assert.deepEqual(open.wrong, [
      [3, 'runs, line 3: a quotation mark stands where none may, or its text does not end'],
    ])
    const latin = Buffer.concat([Buffer.from(`${HEAD}\n`), Buffer.from('\xe9,1,m,1,,1,,,,,\n', 'latin1')])
    const { wrong } = await foundBy(mappedFormat(parseMap(MAP, 'map.json')), sourceOf(latin, 'runs'))
    assert.deepEqual(wrong, [[2, 'runs, line 2: not UTF-8 text']])
  })

  it('refuses a table without the columns it reads', async () => {
    await assert.rejects(
      read(MAP, HEAD.replace('cached', 'Cached')),
      failsWith(
        'run-malformed',
        /^runs, line 1: there is no column "cached", which is needed; did you mean "Cached"\?$/,
      ),
    )
    await assert.rejects(read(MAP, `${HEAD},in`), failsWith('run-malformed', /two columns are called "in"/))
    await assert.rejects(read(MAP, ''), failsWith('run-malformed', /no line of headings/))
  })

  it('knows a table by its columns', () => {
    const format = mappedFormat(parseMap(MAP, 'map.json'))
    assert.equal(format.detect(sourceOf(`more,${HEAD}\r\n1`)), 2)
    assert.equal(format.detect(sourceOf('task,n\n1,2')), 0)
    assert.equal(format.name, 'map/mine')
    assert.notEqual(format.version, mappedFormat(parseMap({ ...MAP, unknown: [] }, 'map.json')).version)
    assert.equal(mappedFormat(parseMap({ ...MAP, identity: 'all' }, 'map.json')).identity, 'map/all')
  })
})

describe('a map of columns beside the input', () => {
  it('takes nothing out of an input that does not contain the cache', async () => {
    const map = { ...MAP, usage: { ...MAP.usage, inputIncludesCache: false } }
    const { runs } = await read(map, `${HEAD}\nt,1,m,400,600,70,,,,,\nu,1,m,400,,70,,,,,`)
    assert.deepEqual(
      runs.map(({ usage, incomplete }) => [usage.input, usage.cacheRead, incomplete]),
      [
        [400, 600, false],
        // What was read from the cache is not in the input, and not told: the input is "at least".
        [400, null, true],
      ],
    )
  })

  it('counts reasoning into an output that is smaller than it', async () => {
    const map = { ...MAP, usage: { input: 'in', output: 'out', reasoning: 'cached' } }
    const { runs } = await read(map, `${HEAD}\nt,1,m,9,60,70,,,,,\nu,1,m,9,80,70,,,,,`)
    assert.deepEqual(
      runs.map(({ usage }) => [usage.output, usage.reasoning]),
      [
        [70, 60],
        [150, 80],
      ],
    )
  })
})

const CALLS = {
  schema: 'map/1',
  name: 'calls',
  rows: 'jsonl',
  row: 'call',
  key: ['session'],
  agent: 'agent',
  task: { id: '/meta/task~1id' },
  perCall: {
    order: 'n',
    id: 'id',
    at: { column: 'ms', unit: 'ms' },
    model: 'model',
    usage: { input: '/usage/in', output: '/usage/out' },
    incomplete: 'cut',
    reportedUsd: 'cost',
  },
}
const line = (session: string, n: number, more: object = {}) => ({
  session,
  n,
  id: `${session}-${n}`,
  agent: n === 1 ? null : 'mine',
  meta: { 'task/id': 'a-1' },
  ms: 1000 * n,
  model: 'gpt-5',
  usage: { in: 100 * n, out: n },
  cut: false,
  cost: 0.01,
  ...more,
})

describe('a map of JSON Lines whose rows are calls', () => {
  it('puts the calls of a run together wherever they stand, in their order', async () => {
    const content = jsonLines(line('s', 2), line('t', 1), line('s', 1), line('s', 3, { cut: 'True' }))
    const { runs, lines } = await read(CALLS, content)
    assert.deepEqual(lines, [1, 2])
    const [s, t] = runs
    assert.deepEqual(
      s?.perCall.map(({ id, at, usage }) => [id, at, usage.input]),
      [
        ['s-1', '1970-01-01T00:00:01.000Z', 100],
        ['s-2', '1970-01-01T00:00:02.000Z', 200],
        ['s-3', '1970-01-01T00:00:03.000Z', 300],
      ],
    )
    assert.deepEqual(
      [s?.usage, s?.calls, s?.reportedUsd, s?.incomplete, s?.agent, s?.task.id],
      [unknown({ input: 600, output: 6 }), 3, '0.03', true, 'mine', 'a-1'],
    )
    assert.deepEqual([t?.calls, t?.incomplete, t?.agent], [1, false, null])
  })

  it('tells of the resources what any row of the run tells', async () => {
    const map = { ...CALLS, conditions: { multiplier: 'x', host: 'h' } }
    const { runs } = await read(
      map,
      jsonLines(line('s', 1, { h: 'node-7' }), line('s', 2, { x: 'uncapped', h: 'other' })),
    )
    assert.deepEqual(runs[0]?.conditions, {
      multiplier: Number.POSITIVE_INFINITY,
      host: 'node-7',
      concurrency: null,
    })
  })

  it('keeps a run as "at least" when one of its calls cannot be read', async () => {
    const { runs, wrong } = await read(CALLS, jsonLines(line('s', 1), line('s', 2, { usage: { in: -5 } })))
    assert.deepEqual(wrong, [
      [2, 'runs, line 2: column "/usage/in": "-5" is no whole number from 0 to 9007199254740991'],
    ])
    assert.deepEqual(
      runs.map(({ calls, incomplete }) => [calls, incomplete]),
      [[1, true]],
    )
  })

  it('counts a reply once that is told twice, and is nothing without a row', async () => {
    const { runs } = await read(CALLS, jsonLines(line('s', 1), line('s', 1), line('s', 2)))
    assert.deepEqual(
      runs.map(({ calls, usage }) => [calls, usage.input]),
      [[2, 300]],
    )
    assert.deepEqual((await read(CALLS, '\n')).nothing, ['runs: no row'])
    assert.deepEqual((await csv()).nothing, ['runs: no row'])
  })

  it('says what no line has, and what is no object', async () => {
    const { wrong } = await read(CALLS, `[1]\n{"session": \n${jsonLines(line('s', 1, { cost: undefined }))}`)
    assert.deepEqual(wrong, [
      [1, 'runs, line 1: no JSON object'],
      [2, 'runs, line 2, column 13: the text ends too early'],
      [3, 'runs: no line has "cost", which the map reads'],
    ])
  })

  it('knows its lines', () => {
    const format = mappedFormat(parseMap(CALLS, 'map.json'))
    assert.equal(format.detect(sourceOf(jsonLines(line('s', 1)))), 2)
    assert.equal(format.detect(sourceOf(jsonLines({ session: 's' }))), 0)
  })
})

describe('the fields of a map', () => {
  const base = { schema: 'map/1', name: 'fields', rows: 'jsonl', key: ['id'], unknown: ['-1'] }
  const readOne = async (map: object, row: object) => {
    const { runs, wrong } = await read({ ...base, ...map }, jsonLines({ id: 1, ...row }))
    assert.deepEqual(wrong, [])
    return runs[0]
  }

  it('take times in the units they are given in', async () => {
    for (const [unit, seconds] of [
      ['ms', 0.002],
      ['s', 2],
      ['min', 120],
      ['h', 7200],
    ]) {
      const run = await readOne({ wallSeconds: { column: 't', unit } }, { t: 2 })
      assert.equal(run?.wallSeconds, seconds)
    }
    const began = await readOne({ startedAt: { column: 't', unit: 'ms' } }, { t: 1500 })
    assert.equal(began?.startedAt, '1970-01-01T00:00:01.500Z')
    assert.equal((await readOne({ startedAt: 't' }, { t: '1.5' }))?.startedAt, '1970-01-01T00:00:01.500Z')
  })

  it('tell the resources of a run, and of which it says nothing', async () => {
    const conditions = { multiplier: 'x', host: 'h', concurrency: 'n' }
    const told = async (map: object, row: object) =>
      Object.values((await readOne({ conditions: map }, row))?.conditions ?? {})
    const uncapped = Number.POSITIVE_INFINITY
    assert.deepEqual(await told(conditions, { x: '1.5', h: 'node-7', n: '4' }), [1.5, 'node-7', 4])
    assert.deepEqual(await told(conditions, { x: 3, h: '', n: null }), [3, null, null])
    for (const word of ['uncapped', 'Uncapped ', 'inf', String(uncapped)]) {
      assert.deepEqual(await told(conditions, { x: word, h: null, n: null }), [uncapped, null, null])
    }
    const named = { multiplier: { column: 'x', values: { none: 'uncapped', strict: 1, '?': null } } }
    for (const [x, multiplier] of [
      ['none', uncapped],
      ['strict', 1],
      ['?', null],
    ]) {
      assert.deepEqual(await told(named, { x }), [multiplier, null, null])
    }
    const fixed = { multiplier: { value: 'uncapped' }, host: { value: 'a' }, concurrency: { value: 2 } }
    assert.deepEqual(await told(fixed, {}), [uncapped, 'a', 2])
    const { wrong } = await read(
      { ...base, conditions },
      jsonLines({ id: 1, x: '0', h: 'a', n: 1 }, { id: 2, x: 'most' }, { id: 3, n: 0 }),
    )
    assert.deepEqual(wrong, [
      [1, 'runs, line 1: column "x": "0" is no multiple above 0, and not "uncapped"'],
      [2, 'runs, line 2: column "x": "most" is no number'],
      [3, 'runs, line 3: a run shares its host with itself at least'],
    ])
  })

  it('say who counted, and whether something is missing', async () => {
    const usage = { input: 'in', output: { value: 0 } }
    const quality = { column: 'by', values: { wire: 'provider', tokenizer: 'estimate' }, otherwise: 'log' }
    for (const [by, wanted] of [
      ['wire', 'provider'],
      ['tokenizer', 'estimate'],
      ['else', 'log'],
    ]) {
      assert.equal((await readOne({ usage, quality }, { in: 1, by }))?.quality, wanted)
    }
    assert.equal((await readOne({ usage, quality: { value: 'provider' } }, { in: 1 }))?.quality, 'provider')
    const cut = { column: 'end', values: { cut: true, whole: false } }
    assert.equal((await readOne({ usage, incomplete: cut }, { in: 1, end: 'cut' }))?.incomplete, true)
    assert.equal((await readOne({ usage, incomplete: cut }, { in: 1, end: 'whole' }))?.incomplete, false)
    assert.equal((await readOne({ usage }, { in: -1 }))?.usage.input, null)
  })

  it('ask one column after the other how a run ended', async () => {
    const outcome = [
      { column: 'solved', values: { true: 'resolved' }, otherwise: null },
      { column: 'exit', values: { timeout: 'timed-out' }, otherwise: null },
      { column: 'solved', values: { false: 'failed' }, otherwise: null },
    ]
    const ended = async (solved: unknown, exit: unknown) =>
      (await readOne({ outcome }, { solved, exit }))?.outcome
    assert.equal(await ended(true, 'timeout'), 'resolved')
    assert.equal(await ended(false, 'timeout'), 'timed-out')
    assert.equal(await ended(false, 'done'), 'failed')
    assert.equal(await ended(null, 'done'), null)
  })

  it('leave a text as it is that their values do not name, or take it as unknown', async () => {
    const values = { 'Agent 2': 'agent' }
    const map = {
      agent: { column: 'a', values },
      agentVersion: { column: 'a', values: { 'Agent 2': '2' }, otherwise: null },
    }
    const named = async (a: unknown) => {
      const run = await readOne({ ...map, steps: { value: 3 } }, { a })
      return [run?.agent, run?.agentVersion, run?.steps]
    }
    assert.deepEqual(await named('Agent 2'), ['agent', '2', 3])
    assert.deepEqual(await named('__proto__'), ['__proto__', null, 3])
    const { wrong } = await read(
      { ...base, ...map },
      jsonLines({ id: 1, a: {} }, { id: 2, a: 'x'.repeat(1001) }),
    )
    assert.deepEqual(
      wrong.map(([line, detail]) => [line, detail.replace(/x{2,}/, 'x…')]),
      [
        [1, 'runs, line 1: column "a": an object is no text'],
        [2, 'runs, line 2: column "a": "x…" is longer than 1000'],
      ],
    )
  })
})

describe('a map of rows with lists of calls', () => {
  const map = {
    ...CALLS,
    row: 'run',
    task: undefined,
    agent: undefined,
    usage: { input: 'in', output: 'out' },
    perCall: { list: '/calls', usage: { input: 'i', output: 'o' } },
  }
  const told = (more: object) => ({
    session: 's',
    in: 30,
    out: 3,
    calls: [
      { i: 10, o: 1 },
      { i: 20, o: 2 },
    ],
    ...more,
  })

  it('keeps both the calls and the sum, and notes what the calls miss', async () => {
    const lines = [told({}), told({ session: 't', in: 31 }), told({ session: 'u', in: null, out: null })]
    const { runs } = await read(map, jsonLines(...lines))
    assert.deepEqual(
      runs.map(({ usage, calls, incomplete, perCall }) => [usage.input, calls, incomplete, perCall.length]),
      [
        [30, 2, false, 2],
        [31, 2, true, 2],
        [30, 2, false, 2],
      ],
    )
  })

  it('reads a list out of a CSV as JSON', async () => {
    const { runs, wrong } = await read(
      { ...map, rows: 'csv', perCall: { ...map.perCall, list: 'calls' } },
      'session,in,out,calls\ns,,,"[{""i"":10,""o"":1}]"\nt,,,5\n',
    )
    assert.deepEqual(
      runs.map(({ usage }) => usage),
      [unknown({ input: 10, output: 1 })],
    )
    assert.deepEqual(wrong, [[3, 'runs, line 3: column "calls": no list of calls']])
  })
})

describe('the map itself', () => {
  it('is refused with the place of every mistake', () => {
    const refused: readonly [object, RegExp][] = [
      [{ ...MAP, name: 'My runs' }, /^map\.json: \/name: expected a short name/],
      [{ ...MAP, key: [] }, /\/key: /],
      [{ ...MAP, tokens: 'in' }, /"tokens"/],
      [
        { ...MAP, usage: { input: 'in', cacheRead: 'cached' } },
        /\/usage\/inputIncludesCache: say true or false/,
      ],
      [{ ...MAP, outcome: { column: 'solved', values: { yes: 'won' } } }, /\/outcome\/values\/yes: /],
      [{ ...CALLS, usage: { input: 'in' } }, /\/usage: of a row that tells of a call/],
      [{ ...CALLS, perCall: undefined }, /\/perCall: give it with a list/],
      [{ ...MAP, perCall: CALLS.perCall }, /\/perCall: give it with a list/],
      [
        { ...CALLS, perCall: { ...CALLS.perCall, list: '/x' } },
        /\/perCall\/list: a row that tells of one call/,
      ],
    ]
    for (const [map, detail] of refused) {
      assert.throws(() => parseMap(map, 'map.json'), failsWith('map-malformed', detail))
    }
  })

  it('is shipped for the tables of the corpus', () => {
    for (const name of ['corpus-runs', 'corpus-calls']) {
      const path = `${ROOT}data/maps/${name}.json`
      assert.equal(parseMap(JSON.parse(readFileSync(path, 'utf8')), path).name, name)
    }
  })

  it('has a JSON Schema', () => {
    const { title, properties } = mapSchema() as { title: string; properties: object }
    assert.equal(title, 'Foretoken map of a table')
    assert.ok(Object.keys(MAP).every((name) => name in properties))
  })
})

describe('what is gathered', () => {
  it('is let go when too much is held, the one told of the longest ago first', () => {
    const gatherer = new Gatherer<number>('refused', 3)
    const added = (key: string, part: number, weight?: number) =>
      gatherer.add(key, part, weight).map((gone) => [gone.key, ...gone.parts])
    assert.deepEqual(added('a', 1), [])
    assert.deepEqual(added('b', 2), [])
    assert.deepEqual(added('a', 3), [])
    assert.deepEqual(added('c', 4), [['b', 2]])
    assert.deepEqual(added('d', 5, 2), [['a', 1, 3]])
    // What is being told of is held, however much it is.
    assert.deepEqual(added('d', 6, 9), [['c', 4]])
    assert.throws(() => added('b', 7), failsWith('usage-malformed', /^more of b, too far from the rest/))
    assert.deepEqual(
      gatherer.rest().map(({ key, parts }) => [key, parts]),
      [['d', [5, 6]]],
    )
  })

  it('begins anew where it may be put together later', () => {
    const gatherer = new Gatherer<number>('begins anew', 1)
    const keys = ['a', 'b', 'a'].flatMap((key, i) => gatherer.add(key, i).map((gone) => gone.key))
    assert.deepEqual([...keys, ...gatherer.rest().map(({ key }) => key)], ['a', 'b', 'a'])
  })
})

describe('usage', () => {
  it('is what the row says where it says all classes', async () => {
    const fields = {
      input: 'task',
      inputIncludesCache: true,
      cacheRead: 'n',
      cacheWrite5m: 'in',
      cacheWrite1h: 'cached',
      output: 'out',
    }
    const map = { ...MAP, key: ['model'], task: undefined, run: undefined, usage: fields }
    const { runs } = await read(map, `${HEAD}\n100,50,m,20,5,7,,,,,`)
    // 100 − 50 − 20 − 5 = 25
    assert.deepEqual(
      runs[0]?.usage,
      usage({ input: 25, cacheRead: 50, cacheWrite5m: 20, cacheWrite1h: 5, output: 7 }),
    )
  })
})

/** Beside the project, where there is one: it is not ours to publish. */
const CORPUS = process.env.FORETOKEN_CORPUS ?? `${ROOT}../shared/corpus`
const skip = existsSync(`${CORPUS}/runs.csv.gz`) ? false : `there is no corpus at ${CORPUS}`

/** A table of the corpus, read by the map that is shipped for it, as a stream. */
async function readCorpus(map: string, file: string) {
  const path = `${ROOT}data/maps/${map}`
  const format = mappedFormat(parseMap(JSON.parse(readFileSync(path, 'utf8')), path))
  const bytes = createReadStream(`${CORPUS}/${file}`).pipe(createGunzip())
  return foundBy(format, { ...sourceOf('', file), bytes })
}

const textOf = (file: string) => gunzipSync(readFileSync(`${CORPUS}/${file}`)).toString()

type Cells = Readonly<Record<string, string>>

const numberOf = (cell: string | null | undefined) =>
  cell === '' || cell === null || cell === undefined ? null : Number(cell)
const sum = (...counts: readonly (number | null)[]) =>
  counts.every((count) => count === null)
    ? null
    : counts.reduce<number>((total, count) => total + (count ?? 0), 0)

/** How a run ended: an exit says more than "not resolved". */
const EXITS: ReadonlyMap<string, Run['outcome']> = new Map([
  ['agent_timeout', 'timed-out'],
  ['exit_cost', 'budget-exhausted'],
  ['submitted (exit_cost)', 'budget-exhausted'],
  ['agent_installation_failed', 'infra-error'],
  ['RateLimitError', 'failed'],
  ['unknown_agent_error', 'failed'],
])
const outcomeOf = ({ resolved, exit_status }: Cells): Run['outcome'] =>
  resolved === '1' ? 'resolved' : (EXITS.get(exit_status ?? '') ?? (resolved === '0' ? 'failed' : null))

describe('the corpus, by the maps that are shipped for it', { skip }, () => {
  it('is 10,602 runs, of which every cell arrives', async () => {
    const { runs, wrong } = await readCorpus('corpus-runs.json', 'runs.csv.gz')
    assert.deepEqual(wrong, [])
    assert.equal(runs.length, 10_602)
    for (const [i, row] of (csvParse(textOf('runs.csv.gz')) as readonly Cells[]).entries()) {
      const run = runs[i] as Run
      const [told, cells] = [backInCells(run), cellsOf(row)]
      assert.deepEqual(told, cells, `row ${i + 2}`)
      assert.equal(run.outcome, outcomeOf(row))
      assert.equal(run.incomplete, row.input_tokens === '' || row.output_tokens === '')
    }
  })

  /** As the table writes agent and version in one. */
  const AGENTS: ReadonlyMap<string | null, string> = new Map([
    ['swe-agent', 'SWE-agent '],
    ['mini-swe-agent', 'mini-SWE-agent v'],
    ['claude-code', 'claude-code-cli@'],
  ])
  const agentOf = ({ agent, agentVersion }: Run) =>
    agentVersion === null ? agent : `${AGENTS.get(agent)}${agentVersion}`
  const backInCells = (run: Run) => ({
    source: run.key.split('/')[0],
    benchmark: run.task.benchmark,
    instance_id: run.task.id,
    agent: agentOf(run),
    model: run.model ?? '(undisclosed)',
    run_index: run.run,
    input_tokens: sum(run.usage.input, run.usage.cacheRead, run.usage.cacheWrite5m),
    output_tokens: run.usage.output,
    cache_read_tokens: run.usage.cacheRead,
    cache_write_tokens: run.usage.cacheWrite5m,
    reasoning_tokens: run.usage.reasoning,
    calls: run.calls,
    cost_usd: numberOf(run.reportedUsd),
    wall_s: run.wallSeconds,
  })
  const NUMBERS = /_tokens$|^calls$|_usd$|^wall_s$|^run_index$/
  const cellsOf = ({ resolved, exit_status, ...row }: Cells) =>
    Object.fromEntries(
      Object.entries(row).map(([name, cell]) => [name, NUMBERS.test(name) ? numberOf(cell) : cell]),
    )

  it('is 442 runs with 16,966 calls, of which every cell arrives', async () => {
    const { runs, wrong } = await readCorpus('corpus-calls.json', 'calls.jsonl.gz')
    assert.deepEqual(wrong, [])
    assert.equal(runs.length, 442)
    const lines = textOf('calls.jsonl.gz')
      .trimEnd()
      .split('\n')
      .map((each) => JSON.parse(each))
    const calls = runs.flatMap((run) => run.perCall.map((call, i) => ({ run, call, place: i + 1 })))
    assert.deepEqual([calls.length, lines.length], [16_966, 16_966])
    let besides = 0
    for (const [i, { run, call, place }] of calls.entries()) {
      const { completion_tokens, reasoning_tokens, created, ...line } = lines[i]
      const told = {
        source: run.key.split('/')[0],
        instance_id: run.task.id,
        model: run.model,
        run_index: run.run,
        call: place,
        prompt_tokens: sum(call.usage.input, call.usage.cacheRead),
        cached_tokens: call.usage.cacheRead,
        cost_usd: numberOf(call.reportedUsd),
      }
      assert.deepEqual(told, line, `line ${i + 1}`)
      // Reasoning that is more than the completion stands beside it, and is counted into the output.
      const beside = reasoning_tokens > completion_tokens ? reasoning_tokens : 0
      if (beside > 0) besides++
      assert.deepEqual(
        [call.usage.output, call.usage.reasoning],
        [completion_tokens + beside, reasoning_tokens],
      )
      assert.equal(call.at, new Date(created * 1000).toISOString())
    }
    assert.equal(besides, 19)
  })

  it('tells of the same runs by the same keys in both tables, and of the same sums', async () => {
    const all = new Map(
      (await readCorpus('corpus-runs.json', 'runs.csv.gz')).runs.map((run) => [run.key, run]),
    )
    const { runs } = await readCorpus('corpus-calls.json', 'calls.jsonl.gz')
    const differing = runs.filter((run) => {
      const same = all.get(run.key)
      assert.ok(same, run.key)
      const [a, b] = [run, same].map(({ usage, ...rest }) => ({
        usage: { ...usage, output: null },
        task: rest.task,
        agent: [rest.agent, rest.agentVersion, rest.model, rest.run, rest.calls],
      }))
      assert.deepEqual(a, b)
      return run.usage.output !== same.usage.output
    })
    // Those with a call whose reasoning stands beside its completion.
    assert.equal(differing.length, 15)
  })
})
