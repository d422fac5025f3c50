import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { readCollections } from '../../../src/learn/read-collections.ts'
import { readReportCorpus } from '../../../src/learn/read-report-corpus.ts'
import { labelKey } from '../../../src/learn/task-labels.ts'
import { readPriceBook } from '../../../src/pricing/read-price-book.ts'
import type { Store } from '../../../src/store/open-store.ts'
import { readCallTraces } from '../../../src/store/read-call-traces.ts'
import { readEpisodes } from '../../../src/store/read-episodes.ts'
import { ALL_RUNS, readRuns } from '../../../src/store/read-runs.ts'
import { type CorpusFiles, corpusFolder } from '../../fixtures/corpus.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { AT_MS, importRuns, madeRun } from '../../fixtures/runs.ts'

const book = await readPriceBook({ file: null, cwd: '.' })
const read = (folder: string, signal = new AbortController().signal) =>
  readReportCorpus(folder, { book, atMs: AT_MS, signal })

const lines = (...objects: readonly object[]) => objects.map((each) => `${JSON.stringify(each)}\n`).join('')
const table = (heads: string, ...rows: readonly string[]) => `${[heads, ...rows].join('\n')}\n`

const HEADS =
  'source,benchmark,instance_id,agent,model,run_index,input_tokens,output_tokens,cache_read_tokens,cache_write_tokens,reasoning_tokens,calls,cost_usd,resolved,wall_s,exit_status'
const MEAN_HEADS =
  'source,benchmark,instance_id,agent,model,aggregate,input_tokens_mean,output_tokens_mean,calls_mean,cost_usd_mean,self_pred_input,self_pred_output,self_pred_cost'
const SPLIT_HEADS =
  'instance_id,model,n_success_of_4,confidence,success_mean_input,success_mean_output,fail_mean_input,fail_mean_output'
const call = (place: number) => ({
  source: 'mini_gemini3_traj',
  instance_id: 't-1',
  model: 'gemini-3-pro-preview',
  run_index: 1,
  call: place,
  prompt_tokens: 1000 * place,
  completion_tokens: 10,
  cached_tokens: 0,
  reasoning_tokens: 3,
  cost_usd: 0.01,
  created: 1_763_510_640 + place,
})

/** Three runs of two collections, of one of which the calls are told, and means of one task. */
const FILES: CorpusFiles = {
  'folds.json': JSON.stringify({ 'task-cv': [['t-1'], ['t-2']], 'repo-out': [['t-1', 't-2']] }),
  'tasks.jsonl.gz': lines(
    { instance_id: 't-1', benchmark: ['swe-bench-verified', 'swe-bench-lite'], difficulty: '1-4 hours' },
    { instance_id: 't-2', benchmark: ['swe-bench-verified'] },
  ),
  'runs.csv.gz': table(
    HEADS,
    'swe_effi,swe-bench-verified,t-1,agentless,gpt-4o-mini,1,1000.0,50,,,,2,,1,7.5,',
    'swe_effi,swe-bench-verified,t-2,agentless,gpt-4o-mini,1,2000.0,50,,,,2,,0,7.5,',
    'mini_gemini3_traj,swe-bench-verified,t-1,mini-SWE-agent v1.15.0,gemini-3-pro-preview,1,3000,20,,,,2,0.02,1,9,Submitted',
  ),
  'calls.jsonl.gz': lines(call(2), call(1)),
  'task_means.csv.gz': table(
    MEAN_HEADS,
    's,swe-bench-verified,t-1,openhands,gpt-5,mean_of_4_runs,1000.5,20,,0.5,300,40,0.01',
    's,swe-bench-verified,t-1,openhands,gpt-5,mean_of_successful_runs,900,10,31,,,,',
  ),
  'spend_splits.csv.gz': table(SPLIT_HEADS, 't-1,gpt-5,3,exact,900,10,1302,50', 't-2,gpt-5,4,likely,1,2,,'),
}
const changed = (name: string, from: string, to: string): CorpusFiles => ({
  ...FILES,
  [name]: (FILES[name] ?? '').replace(from, to),
})

/** How many runs there are of each collection. */
function counted(store: Store): Readonly<Record<string, number>> {
  const { names, codes } = readCollections(store, readEpisodes(store, ALL_RUNS))
  const counts: Record<string, number> = {}
  for (const code of codes) counts[names[code] ?? ''] = (counts[names[code] ?? ''] ?? 0) + 1
  return counts
}

describe('the corpus as reports look at it', () => {
  it('has its runs in a store, with the calls of those that tell them', async () => {
    const { store, imports } = await read(corpusFolder(FILES))
    assert.deepEqual(
      imports.map(({ name, runs }) => [name, runs.added, runs.updated]),
      [
        ['runs.csv.gz', 3, 0],
        ['calls.jsonl.gz', 0, 1],
      ],
    )
    const runs = [...readRuns(store, ALL_RUNS)]
    assert.deepEqual(runs.map(({ outcome }) => outcome).sort(), ['failed', 'resolved', 'resolved'])
    const { runs: traced, input } = readCallTraces(store, readEpisodes(store, ALL_RUNS), { book })
    assert.deepEqual([runs[traced[0] ?? -1]?.agent, [...input]], ['mini-swe-agent', [1000, 2000]])
    store.close()
  })

  it('tells from which collection a run is, and of other runs nothing', async () => {
    const { store } = await read(corpusFolder(FILES))
    await importRuns(store, [madeRun('swe_effi/other', [])])
    assert.deepEqual(counted(store), { swe_effi: 2, mini_gemini3_traj: 1, '': 1 })
    store.close()
  })

  it('has labels, means, splits and folds, null where nothing is told', async () => {
    const { store, labels, means, splits, folds } = await read(corpusFolder(FILES))
    store.close()
    const hard = { difficulty: '1-4 hours', kind: null }
    assert.deepEqual(
      [...labels],
      [
        [labelKey('swe-bench-verified', 't-1'), hard],
        [labelKey('swe-bench-lite', 't-1'), hard],
        [labelKey('swe-bench-verified', 't-2'), { difficulty: null, kind: null }],
      ],
    )
    const of = { benchmark: 'swe-bench-verified', task: 't-1', agent: 'openhands', model: 'gpt-5' }
    assert.deepEqual(means, [
      {
        ...of,
        over: 'all',
        inputTokens: 1000.5,
        outputTokens: 20,
        calls: null,
        costUsd: 0.5,
        selfInputTokens: 300,
        selfOutputTokens: 40,
        selfCostUsd: 0.01,
      },
      {
        ...of,
        over: 'resolved',
        inputTokens: 900,
        outputTokens: 10,
        calls: 31,
        costUsd: null,
        selfInputTokens: null,
        selfOutputTokens: null,
        selfCostUsd: null,
      },
    ])
    assert.deepEqual(splits, [
      {
        task: 't-1',
        model: 'gpt-5',
        resolved: 3,
        isExact: true,
        succeeded: { inputTokens: 900, outputTokens: 10 },
        failed: { inputTokens: 1302, outputTokens: 50 },
      },
      {
        task: 't-2',
        model: 'gpt-5',
        resolved: 4,
        isExact: false,
        succeeded: { inputTokens: 1, outputTokens: 2 },
        failed: null,
      },
    ])
    assert.deepEqual(folds['task-cv'], [['t-1'], ['t-2']])
  })

  it('is refused with the file and the place of what is wrong', async () => {
    const refused: readonly [CorpusFiles, 'data-malformed' | 'run-malformed', RegExp][] = [
      [
        changed('task_means.csv.gz', '1000.5', '-1'),
        'data-malformed',
        /^task_means\.csv line 2: input_tokens_mean is "-1"$/,
      ],
      [
        changed('task_means.csv.gz', 'mean_of_successful_runs', 'median'),
        'data-malformed',
        /line 3: aggregate is "median"$/,
      ],
      [changed('task_means.csv.gz', ',900,', ',,'), 'data-malformed', /line 3: input_tokens_mean is ""$/],
      [
        changed('spend_splits.csv.gz', 'n_success_of_4', 'n'),
        'data-malformed',
        /^spend_splits\.csv line 2: n_success_of_4 is null$/,
      ],
      [changed('tasks.jsonl.gz', '"t-2"', '7.5e'), 'data-malformed', /^tasks\.jsonl\.gz, line 2/],
      [
        changed('runs.csv.gz', 'exit_status', 'exit'),
        'run-malformed',
        /^runs\.csv\.gz, line 1: there is no column "exit_status"/,
      ],
    ]
    for (const [files, code, detail] of refused)
      await assert.rejects(read(corpusFolder(files)), failsWith(code, detail))
    const { 'calls.jsonl.gz': _, ...fewer } = FILES
    await assert.rejects(read(corpusFolder(fewer)), failsWith('file-not-found', /calls\.jsonl\.gz$/))
    await assert.rejects(read(corpusFolder(FILES), AbortSignal.abort()), { name: 'AbortError' })
  })

  it('is read but for single rows that cannot be, of which it tells', async () => {
    const { store, imports } = await read(corpusFolder(changed('runs.csv.gz', '2000.0', 'many')))
    assert.deepEqual(
      imports.map(({ runs, unreadable }) => [runs.added, unreadable.map(({ line }) => line)]),
      [
        [2, [3]],
        [0, []],
      ],
    )
    store.close()
  })
})

const CORPUS = resolve(import.meta.dirname, '../../../../shared/corpus')

describe('the corpus of real runs', {
  skip: existsSync(CORPUS) ? false : `there is none at ${CORPUS}`,
}, () => {
  it('comes in whole, each run with its collection', async () => {
    const { store, imports, means, splits, labels } = await read(CORPUS)
    assert.deepEqual(
      imports.map(({ runs, unreadable }) => [runs.added, runs.updated, unreadable.length]),
      [
        [10_602, 0, 0],
        [0, 442, 0],
      ],
    )
    const { '': strange = 0, ...counts } = counted(store)
    assert.deepEqual(
      [strange, Object.keys(counts).length, counts.swe_effi, counts.tb_leaderboard],
      [0, 9, 638, 5280],
    )
    // 401 tasks with eight models, and the 227 of them that every model resolved.
    assert.deepEqual([means.length, splits.length], [8 * (401 + 227), 1815])
    assert.equal(
      labels.get(labelKey('swe-bench-verified', 'astropy__astropy-13033'))?.difficulty,
      '15 min - 1 hour',
    )
    store.close()
  })
})
