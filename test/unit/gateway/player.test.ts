import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cassettePlayer } from '../../../src/gateway/cassette/player.ts'
import { redactor } from '../../../src/gateway/cassette/redactor.ts'
import { asks, CHAT, cassetteOf, prompt } from '../../fixtures/gateway/cassettes.ts'

const [a, b, c] = ['fix a', 'fix b', 'fix c'].map((text) => asks(prompt(text))) as [
  ReturnType<typeof asks>,
  ReturnType<typeof asks>,
  ReturnType<typeof asks>,
]
const dated = (date: string, more: object = {}) => asks(prompt(`fix it, today is ${date}`, more))

describe('a cassette played strictly', () => {
  it('gives each request its own reply, in whatever order they come', () => {
    const { next, told } = cassettePlayer(cassetteOf([a, b, c]), { matching: 'strict' })
    assert.deepEqual(
      [c, a, b].map((asked) => next(asked).exchange?.order),
      [2, 0, 1],
    )
    assert.deepEqual(told(), { strict: 3, lenient: 0, guess: 0, again: 0, missed: 0, left: 0 })
  })

  it('gives one request that was made several times its replies in order, each once', () => {
    const { next } = cassettePlayer(cassetteOf([a, b, a, a]), { matching: 'strict' })
    assert.deepEqual(
      [a, a, a].map((asked) => next(asked).exchange?.order),
      [0, 2, 3],
    )
    const { exchange, miss } = next(a)
    assert.equal(exchange, null)
    assert.equal(miss?.recordedTimes, 3)
    assert.match(
      miss?.reason ?? '',
      /openai \/chat\/completions \(m\); it was recorded 3 times, and asked for more/,
    )
  })

  it('says of a request that is not there what comes nearest, and where they first differ', () => {
    const near = asks(prompt('fix b', { temperature: 1 }))
    const { next } = cassettePlayer(cassetteOf([a, near, c]), { matching: 'strict' })
    const { miss } = next(asks(prompt('fix b', { temperature: 0.5 })))
    assert.deepEqual(miss?.nearest, {
      order: 1,
      difference: { pointer: '/temperature', recorded: '1', asked: '0.5' },
      isLenientMatch: false,
    })
    assert.equal(
      miss?.reason,
      'run.jsonl has no reply left for openai /chat/completions (m); the nearest that is not played, number 1, differs first at /temperature: recorded 1, asked 0.5',
    )
  })

  it('compares only with what is not played yet', () => {
    const { next } = cassettePlayer(cassetteOf([a, b]), { matching: 'strict' })
    next(a)
    assert.equal(next(asks(prompt('fix a!'))).miss?.nearest?.order, 1)
    next(b)
    const { miss } = next(asks(prompt('fix a!')))
    assert.equal(miss?.nearest, null)
    assert.match(miss?.reason ?? '', /all that was recorded is played$/)
  })

  it('says where lenient matching would help', () => {
    const { next } = cassettePlayer(cassetteOf([dated('2026-11-28')]), { matching: 'strict' })
    const { miss } = next(dated('2026-11-29'))
    assert.equal(miss?.nearest?.difference.pointer, '/messages/0/content')
    assert.match(miss?.reason ?? '', /lenient matching plays it$/)
  })

  it('names a member that only one of them has, the path, and the query', () => {
    const differs = (one: ReturnType<typeof asks>, other: ReturnType<typeof asks>) =>
      cassettePlayer(cassetteOf([one]), { matching: 'strict' }).next(other).miss?.nearest?.difference
    assert.deepEqual(differs(a, asks(prompt('fix a', { top_p: 1 }))), {
      pointer: '/top_p',
      recorded: null,
      asked: '1',
    })
    assert.equal(differs(a, asks(prompt('fix a'), { ...CHAT, path: '/responses' }))?.pointer, '(path)')
    assert.equal(differs(a, { ...b, query: 'beta=true' })?.pointer, '(query)')
    assert.equal(differs(a, asks({ constructor: 1 }))?.pointer, '/constructor')
    assert.equal(differs(a, asks({ 'a/b~': 1, messages: [], model: 'm' }))?.pointer, '/a~1b~0')
  })

  it('shows the stretch that differs of a long text, and no secret', () => {
    const redact = redactor(['another-secret'])
    const long = (end: string) => asks(prompt(`${'x'.repeat(5000)}another-secret ${end}`), CHAT, redact)
    const { next } = cassettePlayer(cassetteOf([long('one')]), { matching: 'strict' })
    const { miss } = next(long('other'))
    assert.equal(miss?.nearest?.difference.recorded, '"…xxx[redacted] one"')
    assert.equal(miss?.nearest?.difference.asked, '"…xxx[redacted] other"')
    assert.ok((miss?.reason.length ?? 0) < 500)
  })
})

describe('a cassette played leniently', () => {
  it('prefers the same request to one that is nearly the same', () => {
    const recorded = [dated('2026-11-27'), dated('2026-11-28')]
    const { next } = cassettePlayer(cassetteOf(recorded), { matching: 'lenient' })
    assert.deepEqual(
      [dated('2026-11-28'), dated('2026-11-28')].map(
        (asked) => [next(asked)].map(({ exchange, by }) => [exchange?.order, by])[0],
      ),
      [
        [1, 'strict'],
        [0, 'lenient'],
      ],
    )
  })

  it('plays the next of the same path, model and kind of reply where nothing else fits, and counts that', () => {
    const streamed = asks(prompt('fix a', { stream: true }))
    const other = asks(prompt('fix a', { model: 'n' }))
    const { next, told } = cassettePlayer(cassetteOf([streamed, other, a, b]), { matching: 'lenient' })
    assert.deepEqual(
      ['new', 'newer'].map((text) => next(asks(prompt(text))).exchange?.order),
      [2, 3],
    )
    assert.deepEqual(told(), { strict: 0, lenient: 0, guess: 2, again: 0, missed: 0, left: 2 })
    assert.equal(next(asks(prompt('newest'))).exchange, null)
    assert.equal(told().missed, 1)
  })

  it('gives no reply twice, whoever asks', () => {
    const many = Array.from({ length: 30 }, (_, n) =>
      dated(`2026-11-${String(1 + (n % 9)).padStart(2, '0')}`),
    )
    const { next } = cassettePlayer(cassetteOf(many), { matching: 'lenient' })
    const given = many.toReversed().map((asked) => next(asked).exchange?.order)
    assert.equal(new Set(given).size, 30)
  })
})

describe('a list or a count that is asked for more often than it was recorded', () => {
  const list = asks(null, { provider: 'openai', path: '/models' })
  const counts = { provider: 'anthropic', path: '/v1/messages/count_tokens' } as const
  const [count, longer] = [asks(prompt('fix a'), counts), asks(prompt('fix a, then b'), counts)]

  for (const matching of ['strict', 'lenient'] as const) {
    it(`is answered as it was the last time: ${matching}`, () => {
      const { next, told } = cassettePlayer(cassetteOf([list, a, list, count]), { matching })
      assert.deepEqual(
        [list, list, list, list, count, count].map((asked) => next(asked, true).exchange?.order),
        [0, 2, 2, 2, 3, 3],
      )
      assert.deepEqual(told(), { strict: 6, lenient: 0, guess: 0, again: 3, missed: 0, left: 1 })
    })
  }

  it('is answered as the last of its kind where that is enough', () => {
    const recorded = cassetteOf([count])
    assert.equal(cassettePlayer(recorded, { matching: 'strict' }).next(longer, true).exchange, null)
    const { next, told } = cassettePlayer(recorded, { matching: 'lenient' })
    assert.deepEqual(
      [longer, longer].map((asked) => next(asked, true).by),
      ['guess', 'guess'],
    )
    assert.deepEqual(told(), { strict: 0, lenient: 0, guess: 2, again: 1, missed: 0, left: 0 })
  })

  it('that was never recorded has no answer', () => {
    const { next } = cassettePlayer(cassetteOf([a]), { matching: 'lenient' })
    assert.equal(next(list, true).exchange, null)
  })
})
