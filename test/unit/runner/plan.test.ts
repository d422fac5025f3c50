import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, it } from 'node:test'
import { KnownError, type Problem } from '../../../src/errors.ts'
import { parsePlan } from '../../../src/runner/plan.ts'

const EXAMPLES = resolve(import.meta.dirname, '../../../data/examples')
const LEAST = 'schema: plan/1\ntasks: {count: 9}\nagents: [a]\nmodels: [m]\n'

/** `line:column pointer found → fix` of each mistake. */
function mistakesIn(text: string): readonly string[] {
  try {
    parsePlan(text, 'plan.yaml')
  } catch (error) {
    assert.ok(error instanceof KnownError)
    assert.equal(error.code, 'plan-malformed')
    return error.problems.map(said)
  }
  return []
}

const said = ({ line, column, pointer, found, fix }: Problem): string =>
  `${line}:${column} ${pointer} ${found} → ${fix}`

describe('a plan', () => {
  it('needs tasks, agents and models; the rest has defaults', () => {
    assert.deepEqual(parsePlan(LEAST, 'x'), {
      tasks: { kind: 'count', count: 9 },
      repo: null,
      commit: null,
      agents: ['a'],
      models: ['m'],
      multipliers: [1],
      repeats: 1,
      compare: null,
      margin: 0.03,
      assume: {
        resolutionRate: null,
        consistency: null,
        usdPerRun: null,
        totalTokensPerRun: null,
        infraErrorRate: null,
      },
      hasOwnCeilings: true,
      ...{
        backend: null,
        image: null,
        kubernetes: {},
        concurrency: null,
        seed: 1,
        retries: 2,
        spreadHours: null,
      },
      budget: { perRun: {}, total: {} },
    })
  })

  it('is the same in YAML and in JSON, however that is indented', () => {
    const yaml = `${LEAST}multipliers:\n  - 1\n  - 1.5\n  - uncapped # no limit\nrepeats: 4\nassume: {resolutionRate: .5}\n`
    const json = JSON.stringify(
      {
        schema: 'plan/1',
        tasks: { count: 9 },
        agents: ['a'],
        models: ['m'],
        multipliers: [1, 1.5, 'uncapped'],
        repeats: 4,
        assume: { resolutionRate: 0.5 },
      },
      null,
      '\t',
    )
    assert.deepEqual(parsePlan(yaml, 'x'), parsePlan(`\uFEFF${json}`, 'x'))
    assert.deepEqual(parsePlan(yaml, 'x').multipliers, [1, 1.5, Number.POSITIVE_INFINITY])
  })

  it('compares what it has several of', () => {
    assert.equal(parsePlan(`${LEAST}multipliers: [1, 3]\n`, 'x').compare, 'multipliers')
    assert.equal(parsePlan(LEAST.replace('[m]', '[m, n]'), 'x').compare, 'models')
    assert.equal(parsePlan(LEAST.replace('[a]', '[a, b]'), 'x').compare, 'agents')
    const both = LEAST.replace('[m]', '[m, n]').replace('[a]', '[a, b]')
    assert.equal(parsePlan(`${both}compare: agents\n`, 'x').compare, 'agents')
  })

  it('lies among the examples, and each of those is one', () => {
    const read = (name: string) => parsePlan(readFileSync(resolve(EXAMPLES, name), 'utf8'), name)
    assert.deepEqual(read('plan.yaml').tasks, {
      kind: 'issues',
      files: ['batch-rereads.md', 'cache-shrinks.md', 'unread-hint.md'],
    })
    assert.equal(read('plan-resources.yaml').compare, 'multipliers')
  })
})

describe('a plan with mistakes', () => {
  it('is told all of them at once, each with its line and what to write', () => {
    const text = [
      'schema: plan/2',
      'tasks:',
      '  cuont: 5',
      'agents: []',
      'modles: [m]',
      'multipliers: [1, 0.5, 1]',
      'repeats: 2.5',
      'margin: 0',
      'assume:',
      '  resolutionRate: 55',
      '  usdPerRun: -1',
      '  concistency: .5',
    ].join('\n')
    assert.deepEqual(mistakesIn(text), [
      '1:1 /models models is missing → give a list of models, such as [gpt-5]',
      '1:9 /schema "plan/2" → give "plan/1"',
      '3:3 /tasks/count count is missing → give a whole number of tasks from 1 to 100000',
      '3:3 /tasks/cuont there is no "cuont" here → did you mean "count"?',
      '4:9 /agents [] → give at least one of the agents',
      '5:1 /modles there is no "modles" here → did you mean "models"?',
      '6:18 /multipliers/1 0.5 → give a number of 1 or more, or "uncapped"',
      '6:23 /multipliers/2 1 again → name each once; repeats says how often it is run',
      '7:10 /repeats 2.5 → give a whole number of repeats from 1 to 10000',
      '8:9 /margin 0 → give percentage points above 0 and below 100, such as 3',
      '10:19 /assume/resolutionRate 55 → give a share from 0 to 1, such as 0.55',
      '11:14 /assume/usdPerRun -1 → give dollars of 0 or more, such as 2.5',
      '12:3 /assume/concistency there is no "concistency" here → did you mean "consistency"?',
    ])
  })

  it('is told when it does not say which of two things to compare, or compares what it has one of', () => {
    const both = `${LEAST.replace('[m]', '[m, n]')}multipliers: [1, 2]\n`
    assert.deepEqual(mistakesIn(both), [
      '1:1  several multipliers and several models → say with compare which are to be told apart: multipliers or models',
    ])
    assert.deepEqual(mistakesIn(`${LEAST}compare: models\n`), [
      '5:10 /compare "models", of which there is one → give more of them, or take compare out',
    ])
  })

  it('is told of a commit that is of no repository', () => {
    assert.deepEqual(mistakesIn(`${LEAST}commit: HEAD\n`), [
      '5:9 /commit a commit without a repo → give repo, or take commit out',
    ])
  })

  it('is told of a task that is there twice', () => {
    assert.deepEqual(mistakesIn(LEAST.replace('{count: 9}', '[a.md, b.md, a.md]')), [
      '2:21 /tasks/2 "a.md" again → name each once; repeats says how often it is run',
    ])
  })

  it('is told of what is no YAML, of keys that are there twice, and of references', () => {
    assert.match(mistakesIn(`${LEAST}repeats: 1\nrepeats: 2\n`).join(), /6:1 .*there already → keep one/)
    assert.match(mistakesIn(`${LEAST}margin: "3\n`).join(), /not YAML: Missing closing "quote/)
    assert.match(mistakesIn(`${LEAST}---\n${LEAST}`).join(), /each plan into a file of its own/)
    assert.match(mistakesIn('\tschema: plan/1').join(), /indent with spaces/)
    assert.match(mistakesIn(`${LEAST}repeats: &n 2\nmargin: *n\n`).join(), /6:9 .*write the value itself/)
  })

  it('is told of a text that is no plan at all', () => {
    const need = '1:1  MISSING → give an object with schema, tasks, agents and models'
    assert.deepEqual(mistakesIn(''), [need.replace('MISSING', 'null')])
    assert.deepEqual(mistakesIn('just words'), [need.replace('MISSING', '"just words"')])
    assert.deepEqual(mistakesIn('[1]'), [need.replace('MISSING', '[1]')])
  })

  it('does not bring the reader down, however deep it is', () => {
    for (const text of ['['.repeat(1e5), '- '.repeat(1e5), '{a: '.repeat(1e5), '? '.repeat(1e5)])
      assert.match(mistakesIn(text).join(), /more than 32 things inside each other/)
    const stairs = Array.from({ length: 1200 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')
    assert.match(mistakesIn(stairs.slice(0, 1e6)).join(), /inside each other/)
    assert.throws(() => parsePlan(' '.repeat(2 ** 20 + 1), 'x'), /more than 1 MiB/)
  })
})
