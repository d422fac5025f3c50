import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import o200k from 'tiktoken/encoders/o200k_base.json' with { type: 'json' }
import { Tiktoken } from 'tiktoken/lite'
import { countTokens } from '../../src/features/token-count.ts'

const tiktoken = new Tiktoken(o200k.bpe_ranks, o200k.special_tokens, o200k.pat_str)
const whole = (text: string): number => tiktoken.encode(text, [], []).length

/** What the pattern tells apart, at the edges of its classes. */
const parts = fc.constantFrom(
  ...[
    "it's",
    "IT'S",
    "'ſ",
    "we'LL",
    "'re",
    'ǅ',
    'ʰ',
    'ª',
    'é',
    'e\u0301',
    '日本語',
    'ß',
    'ñandú',
    'Ω',
    '１２３',
    '½',
  ],
  ...[
    '\r\n',
    '\n\n',
    ' \n',
    '\t',
    '\u0085',
    '\ufeff',
    '\u00a0',
    '\u2028',
    '\u200b',
    '   ',
    ' /',
    '//\n',
    '🎉',
    '<|endoftext|>',
  ],
  ...['fooBar', 'HTTPServer', 'x_y', '12345', '0x1F', ').', '...', "'", 'don', 'K', 'src/a.py', '\u0000'],
)

describe('counting tokens', () => {
  it('counts what tiktoken counts in the whole text', () => {
    const text = fc.array(fc.oneof(parts, fc.string({ unit: 'binary' }), fc.string()), { maxLength: 12 })
    fc.assert(
      fc.property(text, (list) => {
        const joined = list.join('').toWellFormed()
        assert.equal(countTokens(joined), whole(joined))
      }),
      { numRuns: 1500, examples: [[['𲎰', '%', 'A']]] },
    )
  })

  it('counts ASCII, which has a pattern of its own, as tiktoken does', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 60 }), (text) => {
        assert.equal(countTokens(text), whole(text))
      }),
      { numRuns: 1500 },
    )
  })

  for (const run of ['a', 'A', ' ', '\n', '9', ';', 'é', '日', 'aB'])
    it(`comes to an end on 300,000 of ${JSON.stringify(run)}`, () => {
      const tokens = countTokens(run.repeat(300_000 / run.length))
      assert.ok(tokens > 100 && tokens <= 300_000)
    })
})
