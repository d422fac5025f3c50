import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decimalUsd, exactUsd, shortTokens, shortUsd, usdOfPico } from '../../../src/units.ts'

const table = <Value>(show: (value: Value) => string, rows: readonly (readonly [Value, string])[]) =>
  assert.deepEqual(
    rows.map(([value]) => show(value)),
    rows.map(([, text]) => text),
  )

describe('money', () => {
  it('that was metered is written exactly, in two or more decimals', () =>
    table(exactUsd, [
      [0n, '0.00'],
      [420_000_000_000n, '0.42'],
      [400_000_000_000n, '0.40'],
      [125_000_000n, '0.000125'],
      [1n, '0.000000000001'],
      [-1_500_000_000_000n, '-1.50'],
      [123_456_789_012_345_678_901_234n, '123456789012.345678901234'],
    ]))

  it('that was forecast is written without float noise and exponents', () =>
    table(decimalUsd, [
      [0, '0.00'],
      [-0, '0.00'],
      [0.1 + 0.2, '0.30'],
      [0.42, '0.42'],
      [1234.5678912, '1234.567891'],
      [0.0000001, '0.0000001'],
      [1e-15, '0.00'],
      [1e20, '100000000000000000000.00'],
    ]))

  it('that is no amount is not written', () => {
    for (const amount of [Number.NaN, Number.POSITIVE_INFINITY, 1e21])
      assert.throws(() => decimalUsd(amount), RangeError)
  })

  it('for people has two or three significant digits', () =>
    table(shortUsd, [
      [0, '$0'],
      [0.00001, '<$0.0001'],
      [0.004241, '$0.0042'],
      [0.1811, '$0.18'],
      [0.4, '$0.40'],
      [0.996, '$1.00'],
      [1.349, '$1.35'],
      [14.62, '$14.6'],
      [146.2, '$146'],
      [999.7, '$1,000'],
      [1_234_567, '$1,230,000'],
      [-1.5, '-$1.50'],
    ]))

  it('as a number is in dollars', () => assert.equal(usdOfPico(1_500_000_000_000n), 1.5))
})

describe('tokens for people', () => {
  it('have three significant digits', () =>
    table(shortTokens, [
      [0, '0'],
      [950.4, '950'],
      [999.6, '1.00 k'],
      [22_800, '22.8 k'],
      [999_499, '999 k'],
      [999_500, '1.00 M'],
      [1_010_000, '1.01 M'],
      [1_234_000_000, '1.23 B'],
      [5e15, '5.00e+3 T'],
      [-1500, '-1.50 k'],
    ]))
})
