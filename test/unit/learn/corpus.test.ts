import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { readCorpus } from '../../../src/learn/corpus.ts'
import { cachingOf } from '../../../src/learn/corpus-caching.ts'
import { spendOf } from '../../../src/learn/corpus-spend.ts'
import { formatSpend, parseSpend } from '../../../src/learn/spend.ts'
import { type CorpusFiles, corpusFolder, TINY } from '../../fixtures/corpus.ts'
import { failsWith } from '../../fixtures/known-failure.ts'

const corpus = await readCorpus(corpusFolder())
const spend = spendOf(corpus)
const row = (task: string, model: string) => spend.find((each) => each.task === task && each.model === model)

/** A corpus with some text of a file replaced. */
const damaged = (name: string, from: string | RegExp, to: string): CorpusFiles => ({
  ...TINY,
  [name]: (TINY[name] ?? '').replace(from, to),
})

describe('a corpus', () => {
  it('has the tasks of its folds, by id', () => {
    assert.deepEqual(
      corpus.tasks.map(({ instance_id }) => instance_id),
      ['t-1', 't-2'],
    )
    assert.deepEqual(corpus.folds['repo-out'], [['t-1', 't-2']])
  })

  it('has what was spent on those tasks in the two sources that may be shipped, in a fixed order', () => {
    assert.deepEqual(
      spend.map(({ agent, model, task }) => `${agent} ${model} ${task}`),
      [
        'mini-swe-agent gemini-3-pro t-1',
        'mini-swe-agent gemini-3-pro t-2',
        'openhands gpt-5 t-1',
        'openhands gpt-5 t-2',
        'openhands mystery t-1',
      ],
    )
    assert.deepEqual(parseSpend(formatSpend(spend)), spend)
  })

  it('has means with what the model had forecast, and calls where all four runs succeeded', () => {
    assert.deepEqual(row('t-1', 'gpt-5'), {
      task: 't-1',
      agent: 'openhands',
      model: 'gpt-5',
      runs: 4,
      inputTokens: 1_000_000,
      outputTokens: 10_000,
      cacheReadTokens: null,
      calls: 31,
      resolved: 4,
      succeeded: { inputTokens: 900_000, outputTokens: 9_000 },
      failed: null,
      selfInputTokens: 200_000,
      selfOutputTokens: 5_000,
    })
  })

  it('has no count of solved runs that was guessed, and no calls of those', () => {
    const guessed = row('t-2', 'gpt-5')
    assert.deepEqual([guessed?.resolved, guessed?.calls, guessed?.selfInputTokens], [null, null, 0])
    assert.deepEqual(guessed?.failed, { inputTokens: 600_000, outputTokens: 6_000 })
  })

  it('has single runs with nothing where nothing was recorded', () => {
    const [first, second] = [row('t-1', 'gemini-3-pro'), row('t-2', 'gemini-3-pro')]
    assert.deepEqual([first?.runs, first?.cacheReadTokens, first?.calls, first?.resolved], [1, null, null, 0])
    assert.deepEqual([second?.cacheReadTokens, second?.calls, second?.resolved], [1500, 12, 1])
  })

  it('has shares of cached input that explain the recorded costs', () => {
    const [gpt, mystery, gemini] = cachingOf(corpus)
    assert.deepEqual([gpt?.model, gpt?.cacheReadShare, gpt?.cacheWriteShare], ['gpt-5', 0.9, 0])
    assert.deepEqual([mystery?.cacheReadShare, mystery?.method], [null, 'not recorded'])
    assert.deepEqual(
      [gemini?.agent, gemini?.cacheReadShare, gemini?.method],
      ['mini-swe-agent', 0.8, 'recorded'],
    )
  })

  it('is refused by the file that is missing, cut, or not what it should be', async () => {
    const refused = async (files: CorpusFiles, code: 'file-not-found' | 'data-malformed', detail: RegExp) =>
      assert.rejects(readCorpus(corpusFolder(files)), failsWith(code, detail))
    for (const name of Object.keys(TINY)) {
      const { [name]: _, ...rest } = TINY
      await refused(rest, 'file-not-found', new RegExp(`${name}$`))
    }
    const cut = corpusFolder()
    writeFileSync(join(cut, 'runs.csv.gz'), 'not gzip')
    await assert.rejects(
      readCorpus(cut),
      failsWith('data-malformed', /runs\.csv\.gz is not a whole gzip file/),
    )
    await refused({ ...TINY, 'folds.json': '{}' }, 'data-malformed', /folds\.json: \/task-cv/)
    await refused(
      damaged('tasks.jsonl.gz', /^/, 'null\n'),
      'data-malformed',
      /tasks\.jsonl\.gz line 1: the whole document/,
    )
    await refused(
      damaged('tasks.jsonl.gz', /^/, '{\n'),
      'data-malformed',
      /tasks\.jsonl\.gz line 1, column 2/,
    )
    await refused(damaged('tasks.jsonl.gz', '"t-1"', '"t-3"'), 'data-malformed', /has no task t-1/)
    await refused(damaged('tasks.jsonl.gz', '"repo"', '"repos"'), 'data-malformed', /line 1: \/repo/)
  })

  it('is refused when tokens are blank, which is not nothing', async () => {
    for (const [name, from, to, detail] of [
      ['task_means.csv.gz', ',1000000,', ',,', /input_tokens_mean of t-1 gpt-5 is ""/],
      ['runs.csv.gz', ',2000,', ',none,', /input_tokens of t-2 y is "none"/],
    ] as const) {
      const read = await readCorpus(corpusFolder(damaged(name, from, to)))
      assert.throws(() => spendOf(read), failsWith('data-malformed', detail))
    }
  })
})
