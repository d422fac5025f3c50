import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { findProvider } from '@pydantic/genai-prices'
import type { ModelPrice } from '../../../src/pricing/model-price.ts'
import { type PriceBook, priceOf } from '../../../src/pricing/price-book.ts'
import { parsePriceFile } from '../../../src/pricing/price-file.ts'
import { readPriceBook } from '../../../src/pricing/read-price-book.ts'

const AT = Date.parse('2026-11-20T12:00:00Z')

describe('the price book', () => {
  let book: PriceBook
  before(async () => {
    book = await readPriceBook({ file: null, cwd: '.' })
  })
  const entry = (model: string) => entryOf(priceOf(book, model, AT))

  it('names the version of the shipped prices', () => {
    const manifest = new URL('../../../node_modules/@pydantic/genai-prices/package.json', import.meta.url)
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
    assert.equal(book.source, `genai-prices ${version}`)
  })

  it('knows every model of the shipped data by the name it has there', () => {
    assert.deepEqual(
      ['claude-3-7-sonnet', 'claude-sonnet-4', 'claude-sonnet-4-5', 'gemini-3', 'gpt-5', 'gpt-5.2'].map(
        entry,
      ),
      [
        'anthropic/claude-3-7-sonnet-latest',
        'anthropic/claude-sonnet-4-0',
        'anthropic/claude-sonnet-4-5',
        'google/gemini-3-pro-preview',
        'openai/gpt-5',
        'openai/gpt-5.2',
      ],
    )
    assert.equal(entry('kimi-k2'), 'moonshotai/kimi-k2-0905-preview')
    assert.equal(entry('qwen3-coder'), 'openrouter/qwen/qwen3-coder')
  })

  it('knows dated, routed and annotated names', () => {
    assert.equal(entry('GPT-5-2025-08-07 '), 'openai/gpt-5')
    assert.equal(entry('claude-sonnet-4-20250514'), 'anthropic/claude-sonnet-4-0')
    assert.equal(entry('claude-opus-4-7 (effort=high)'), 'anthropic/claude-opus-4-7')
    assert.equal(entry('litellm_proxy/claude-sonnet-4'), 'anthropic/claude-sonnet-4-0')
    assert.equal(entry('gemini/gemini-3-pro'), 'google/gemini-3-pro-preview')
    assert.equal(entry('Qwen/Qwen3-Coder-480B-A35B-Instruct'), 'openrouter/qwen/qwen3-coder')
  })

  it('asks only the provider that is named', () => {
    assert.equal(entry('openrouter/moonshotai/kimi-k2'), 'openrouter/moonshotai/kimi-k2')
    assert.equal(entry('openai/claude-sonnet-4'), null)
    assert.equal(entry('openai/gemini-3'), null)
  })

  it('says unknown, with the name, for what it does not list', () => {
    for (const model of [
      'gpt-99',
      '',
      '/',
      'a/b',
      'anthropic/',
      'constructor',
      '__proto__',
      'x'.repeat(10_000),
    ]) {
      const price = priceOf(book, model, AT)
      assert.deepEqual(price, {
        kind: 'unknown',
        model,
        reason: `${book.source} lists no price for ${model}`,
      })
    }
  })

  it('says zero only for what is known to be free', () => {
    assert.equal(priceOf(book, 'ollama/llama3', AT).kind, 'zero')
    assert.equal(priceOf(book, 'qwen/qwen3-coder:free', AT).kind, 'zero')
    assert.equal(priceOf(book, 'ollama/gpt-oss:120b-cloud', AT).kind, 'unknown')
  })

  it('has the prices in force at the time asked for', () => {
    const o3 = (day: string) => inputOf(priceOf(book, 'o3', Date.parse(day)))
    assert.deepEqual([o3('2025-06-09'), o3('2025-06-10')], [10, 2])
  })

  it('lists makers’ prices that are exact in pico-dollars per token', () => {
    for (const id of ['anthropic', 'openai', 'google', 'moonshotai', 'deepseek', 'x-ai', 'mistral']) {
      for (const { id: model } of findProvider({ providerId: id })?.models ?? []) {
        const price = priceOf(book, `${id}/${model}`, AT)
        if (price.kind !== 'known') continue
        for (const rate of Object.values(price.rates)) {
          const pico = (rate?.base ?? 0) * 1e6
          assert.ok(Math.abs(pico - Math.round(pico)) < 1e-3, `${id}/${model}`)
        }
      }
    }
  })
})

describe('prices of your own', () => {
  let shipped: PriceBook
  before(async () => {
    shipped = await readPriceBook({ file: null, cwd: '.' })
  })
  const withFile = (json: object): PriceBook => ({
    ...shipped,
    override: parsePriceFile({ schema: 'prices/1', ...json }, 'own.json'),
  })

  it('go before the shipped ones and are named as the source', () => {
    const book = withFile({ models: { 'GPT-5': { input: 9, output: 99, cacheRead: 0.5 } } })
    assert.deepEqual(priceOf(book, 'gpt-5', AT), {
      kind: 'known',
      model: 'gpt-5',
      entry: 'gpt-5',
      source: 'own.json',
      rates: {
        input: { base: 9, tiers: [] },
        cacheRead: { base: 0.5, tiers: [] },
        cacheWrite5m: null,
        cacheWrite1h: null,
        output: { base: 99, tiers: [] },
      },
    })
    assert.equal(entryOf(priceOf(book, 'gpt-5.2', AT)), 'openai/gpt-5.2')
  })

  it('may be free', () => {
    const price = priceOf(withFile({ models: { 'in-house': 'free' } }), 'in-house', AT)
    assert.deepEqual(price, { kind: 'zero', model: 'in-house', entry: 'in-house', source: 'own.json' })
  })

  it('may be dated, and before their first day the shipped ones hold', () => {
    const book = withFile({
      models: {
        'gpt-5': [
          { from: '2026-11-01', input: 2, output: 3 },
          { from: '2026-10-01', input: 1, output: 3 },
        ],
      },
    })
    const input = (day: string) => inputOf(priceOf(book, 'gpt-5', Date.parse(day)))
    assert.deepEqual([input('2026-09-30'), input('2026-10-01'), input('2026-11-02')], [1.25, 1, 2])
  })

  it('may have tiers, in any order', () => {
    const tiers = [
      { above: 500_000, perMillion: 4 },
      { above: 200_000, perMillion: 2 },
    ]
    const book = withFile({ models: { m: { input: { base: 1, tiers }, output: 1 } } })
    const price = priceOf(book, 'm', AT)
    assert.ok(price.kind === 'known')
    assert.deepEqual(
      price.rates.input?.tiers.map(({ above }) => above),
      [200_000, 500_000],
    )
  })

  it('may give names of your own to models of either list', () => {
    const book = withFile({ models: { m: { input: 1, output: 1 } }, aliases: { Ours: 'gpt-5', mine: 'm' } })
    assert.equal(entryOf(priceOf(book, 'ours', AT)), 'openai/gpt-5')
    assert.equal(entryOf(priceOf(book, 'mine', AT)), 'm')
  })

  it('are refused by JSON pointer', () => {
    const refused: readonly (readonly [object, RegExp])[] = [
      [{}, /^own\.json: \/models: /],
      [{ models: { 'a/b': { input: -1, output: 1 } } }, /\/models\/a~1b/],
      [{ models: { m: { input: 1 } } }, /\/models\/m/],
      [{ models: {}, prices: {} }, /prices/],
      [{ schema: 'prices/2', models: {} }, /\/schema: /],
      [{ models: { m: { input: 0.00000001, output: 1 } } }, /\/models\/m/],
    ]
    for (const [json, detail] of refused) {
      assert.throws(
        () => withFile(json),
        (error: Error & { code: string; detail: string }) => {
          assert.equal(error.code, 'prices-malformed')
          assert.match(error.detail, detail)
          return true
        },
      )
    }
  })

  it('are refused when the file is missing, a folder or not JSON', async () => {
    const cwd = new URL('.', import.meta.url).pathname
    await assert.rejects(readPriceBook({ file: 'missing.json', cwd }), {
      code: 'file-not-found',
      detail: 'missing.json',
    })
    await assert.rejects(readPriceBook({ file: '.', cwd }), { code: 'file-unreadable' })
    await assert.rejects(readPriceBook({ file: 'price-book.test.ts', cwd }), { code: 'prices-malformed' })
  })
})

function entryOf(price: ModelPrice): string | null {
  return price.kind === 'unknown' ? null : price.entry
}

function inputOf(price: ModelPrice): number | undefined {
  return price.kind === 'known' ? price.rates.input?.base : undefined
}
