import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { extractFeatures } from '../../src/features/features.ts'
import { repositoryOfInstance } from '../../src/trajectory/task-of-instance.ts'
import { testService } from '../fixtures/server/test-service.ts'

const service = await testService()
const TASKS = [{ issue: { title: 'x' } }]
const RULES = [{ name: 'a', perTask: { usd: 2 } }]
/** Of what took a minute and more; a busy machine is slow, but not that slow. */
const MOST_MS = 3_000

/** How long the service has no time for others, at most: it is asked for its health all the while. */
async function standstillOf(path: string, body: unknown): Promise<number> {
  let isDone = false
  const startMs = performance.now()
  const answer = service.post(path, body).then(async (response) => {
    assert.ok(response.status < 500, String(response.status))
    await response.text()
    isDone = true
  })
  let longest = 0
  while (!isDone) {
    const beforeMs = performance.now()
    await (await service.fetch('/healthz')).text()
    longest = Math.max(longest, performance.now() - beforeMs)
  }
  await answer
  return Math.max(longest, performance.now() - startMs > MOST_MS ? MOST_MS : 0)
}

const many = <Value>(count: number, of: (index: number) => Value): readonly Value[] =>
  Array.from({ length: count }, (_, index) => of(index))

describe('no text that the limits let through holds up the service', () => {
  const issue = (title: string, body = '') => ({ issue: { title, body }, models: ['gpt-5'] })
  const budget = (more: object) => ({ budget: { models: ['gpt-5'], ...more }, tasks: TASKS })
  for (const [what, path, body] of [
    ['a title that ends with a NUL', '/v1/estimates', issue(`${'a'.repeat(400_000)}\u0000`)],
    ['a title of spaces', '/v1/estimates', issue(' '.repeat(400_000))],
    ['a body that ends with a NUL', '/v1/estimates', { issue: { body: `${'a'.repeat(400_000)}\u0000` } }],
    ['links without an end', '/v1/estimates', issue('x', '/blob/'.repeat(2600))],
    ['links without an end, many', '/v1/estimates', issue('x', '/blob/'.repeat(80_000))],
    ['brackets', '/v1/estimates', issue('x', '[('.repeat(200_000))],
    ['half comments', '/v1/estimates', issue('x', '<!--'.repeat(100_000))],
    ['ticks', '/v1/estimates', issue('x', '`'.repeat(400_000))],
    ['a word without an end', '/v1/estimates', issue('x', 'Aa'.repeat(200_000))],
    ['empty lines', '/v1/estimates', issue('x', '\n'.repeat(400_000).concat('x'))],
    [
      'a hundred models that nobody knows',
      '/v1/estimates',
      { issue: { title: 'x' }, models: many(100, (i) => `${'m'.repeat(190)}${i}`) },
    ],
    ['labels without an end', '/v1/estimates', { issue: { title: 'x', labels: many(200_000, () => 1) } }],
    [
      'self-forecasts without an end',
      '/v1/estimates',
      { ...issue('x'), selfForecasts: Object.fromEntries(many(15_000, (i) => [`k${i}`, {}])) },
    ],
    [
      'rules without an end',
      '/v1/verdicts',
      budget({ rules: many(16_000, (i) => ({ name: `r${i}`, perTask: { usd: 2 } })) }),
    ],
    [
      'as many rules as there may be',
      '/v1/verdicts',
      budget({ rules: many(1000, (i) => ({ name: `r${i}`, perTask: { usd: 2 } })) }),
    ],
    ['empty rules', '/v1/verdicts', budget({ rules: many(16_000, () => ({})) })],
    [
      'keys of a budget that mean nothing',
      '/v1/verdicts',
      budget({ rules: RULES, ...Object.fromEntries(many(16_000, (i) => [`k${i}`, 1])) }),
    ],
    ['tasks without an end', '/v1/verdicts', { budget: { rules: RULES }, tasks: many(200_000, () => ({})) }],
    [
      'patterns made to be slow',
      '/v1/verdicts',
      budget({
        rules: [
          {
            ...RULES[0],
            when: {
              paths: [
                '*a'.repeat(250),
                '+(a|a)'.repeat(80),
                '{a,b}'.repeat(90),
                '{1..99999999}',
                '**/'.repeat(160),
              ],
              models: ['*a'.repeat(250)],
              labels: ['*a'.repeat(250)],
            },
          },
        ],
      }),
    ],
    [
      'a budget that is one long text',
      '/v1/verdicts',
      budget({ rules: RULES, description: '"/*'.repeat(250_000) }),
    ],
  ] as const)
    it(what, async () => {
      const ms = await standstillOf(path, body)
      assert.ok(ms < MOST_MS, `${ms} ms`)
    })

  it('an issue that is longer than the settings let it be', async () => {
    const answer = await service.post('/v1/estimates', { issue: { title: 'x', body: 'é'.repeat(2 ** 18) } })
    assert.equal(answer.status, 413)
    assert.equal(((await answer.json()) as { code: string }).code, 'issue-too-large')
  })

  it('a query of thousands of names', async () => {
    const startMs = performance.now()
    const answer = await service.fetch(`/v1/estimates?${many(3500, (i) => i.toString(36)).join('&')}`)
    assert.equal(answer.status, 400)
    assert.ok(performance.now() - startMs < MOST_MS)
  })
})

describe('what is read out of a text', () => {
  it('takes time in proportion to it, whatever it is', () => {
    for (const piece of [
      '/blob/',
      'a.',
      '_',
      '"',
      "'",
      '`a`',
      'File "',
      'at a(',
      'AError',
      '1.',
      '<a',
      '[x](',
      '- ',
      '# ',
      '>>>',
      '::',
      '\\',
    ]) {
      const startMs = performance.now()
      extractFeatures({ title: piece.repeat(100), body: piece.repeat(100_000 / piece.length) }, null)
      assert.ok(performance.now() - startMs < MOST_MS, piece)
    }
  })

  it('is the repository of an instance as its name tells it, also where that is nothing but underscores', () => {
    for (const [id, repository] of [
      ['django__django-11099', 'django/django'],
      ['scikit-learn__scikit-learn-10297', 'scikit-learn/scikit-learn'],
      ['a__b__c-1', 'a/b__c'],
      ['a___b-1', 'a/_b'],
      ['a__b-1-2', 'a/b-1'],
      ['a__-1', null],
      ['__a-1', null],
      ['a__b', null],
      ['a__b-1x', null],
      ['a b__c-1', null],
      ['', null],
    ] as const)
      assert.equal(repositoryOfInstance(id), repository, id)
    const startMs = performance.now()
    assert.equal(repositoryOfInstance(`a${'_'.repeat(1_000_000)}`), null)
    assert.ok(performance.now() - startMs < MOST_MS)
  })
})
