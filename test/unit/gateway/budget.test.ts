import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Account, type Decision, decide, settle } from '../../../src/gateway/budget/account.ts'
import { admit } from '../../../src/gateway/budget/admit.ts'
import { chargeFor } from '../../../src/gateway/budget/charge.ts'
import { likelyOf, mostOf } from '../../../src/gateway/budget/demand.ts'
import { parseFormula } from '../../../src/gateway/budget/formula.ts'
import type { Limits } from '../../../src/gateway/budget/limits.ts'
import { NO_LIMITS } from '../../../src/gateway/budget/limits.ts'
import type { Measure } from '../../../src/gateway/budget/measure.ts'
import { budgetMessage, spentOf } from '../../../src/gateway/budget/message.ts'
import { warnings } from '../../../src/gateway/budget/warn.ts'
import { newGroup, newRun } from '../../../src/gateway/runs/open-run.ts'
import { callOf } from '../../../src/usage/call.ts'
import { accountWith, callWith, demandOf, priceNow } from '../../fixtures/gateway/budget.ts'
import { runMeta } from '../../fixtures/gateway/entries.ts'
import { unknown, usage } from '../../fixtures/usage/usages.ts'

function measure(limits: Partial<Limits>): Measure {
  const [gauge] = accountWith(limits).gauges
  if (gauge === undefined) throw new Error('nothing is limited')
  return gauge.measure
}

const granted = (decision: Decision) => {
  if (decision.kind !== 'granted') throw new Error(`it is ${decision.kind}`)
  return decision.reservation
}

describe('a formula', () => {
  it('is a limit on a weighted sum, exact to a millionth', () => {
    const { weights, limit, formula } = parseFormula(
      ' input + 0.1cacheRead+1.25 cacheWrite + 5 * output <= 200_000 ',
    )
    assert.deepEqual(weights, {
      input: 1_000_000n,
      cacheRead: 100_000n,
      cacheWrite5m: 1_250_000n,
      cacheWrite1h: 1_250_000n,
      output: 5_000_000n,
    })
    assert.deepEqual(
      [limit, formula],
      [200_000, 'input + 0.1cacheRead+1.25 cacheWrite + 5 * output <= 200_000'],
    )
  })

  it('adds up what it names twice', () => {
    const { weights } = parseFormula('cacheWrite + cacheWrite1h + output + output <= 1')
    assert.deepEqual(
      [weights.cacheWrite5m, weights.cacheWrite1h, weights.output],
      [10n ** 6n, 2n * 10n ** 6n, 2n * 10n ** 6n],
    )
  })

  it('that cannot be read is refused, with the part that cannot', () => {
    const wrong = [
      ['input', 'input'],
      ['input <= many', 'input <= many'],
      ['input - output <= 5', 'input - output'],
      ['3 apples <= 5', '3 apples'],
      ['1e3 input <= 5', '1e3 input'],
      ['0.1234567 input <= 5', '0.1234567 input'],
      ['input + <= 5', ''],
      ['<= 5', '<= 5'],
      ['toString <= 5', 'toString'],
      ['input <= 99999999999999999999', 'input <= 99999999999999999999'],
    ]
    for (const [text = '', part = ''] of wrong) {
      assert.throws(() => parseFormula(text), {
        code: 'bad-setting',
        detail: `${JSON.stringify(part)} in the formula ${JSON.stringify(text)}`,
      })
    }
  })
})

describe('what a call counts for', () => {
  const used = usage({ input: 100, cacheRead: 1000, cacheWrite5m: 10, output: 20 })

  it('is told in the unit of each limit, exactly', () => {
    const counted = (limits: Partial<Limits>, model = 'known') => measure(limits).of(used, model)
    assert.equal(counted({ calls: 1 }), 1n)
    assert.equal(counted({ outputTokens: 1 }), 20n)
    assert.equal(counted({ totalTokens: 1 }), 1130n)
    assert.equal(counted({ weighted: parseFormula('input + 0.1 cacheRead + 5 output <= 1') }), 300_000_000n)
    // 100 × $3 + 1000 × $0.30 + 10 × $3.75 + 20 × $15 a million
    assert.equal(counted({ usd: 1n }), 937_500_000n)
    assert.equal(counted({ usd: 1n }, 'free'), 0n)
    assert.equal(counted({ usd: 1n }, 'nobody-knows'), null)
  })

  it('before its reply is known for an input without bound where no input counts, and else not', () => {
    const demand = demandOf({ mostInput: null, maxOutput: 7 })
    assert.equal(mostOf(measure({ calls: 1 }), demand), 1n)
    assert.equal(mostOf(measure({ outputTokens: 1 }), demand), 7n)
    assert.equal(mostOf(measure({ totalTokens: 1 }), demand), null)
    assert.equal(mostOf(measure({ usd: 1n }), demandOf({ model: null })), null)
  })

  it('before its reply is at most as in the dearest class, and likely as in those that were seen', () => {
    const demand = demandOf({ mostInput: 1000, maxOutput: 0 })
    // Written to the cache for five minutes; for an hour nobody sells.
    assert.equal(mostOf(measure({ usd: 1n }), demand), 3_750_000_000n)
    const likelyInput = { input: 0, cacheRead: 500, cacheWrite5m: 0, cacheWrite1h: 0 }
    const likely = likelyOf(measure({ usd: 1n }), { ...demand, likelyInput })
    assert.deepEqual(likely, { prompt: 150_000_000n, perOutput: 15_000_000n })
  })
})

describe('what a call is charged', () => {
  const tokens = measure({ totalTokens: 1 })
  const charge = (calls: Parameters<typeof chargeFor>[1]['calls'], of = tokens, reserved = 500n) =>
    chargeFor(of, { calls, asked: 'known', reserved })

  it('is what it used, and nothing where nothing was billed', () => {
    assert.equal(charge([callWith(100, 20)]), 120n)
    assert.equal(charge([callWith(100, 20), callWith(1, 1)]), 122n)
    assert.equal(charge([]), 0n)
    assert.equal(charge([], measure({ calls: 1 })), 0n)
    assert.equal(charge([callWith(1, 1), callWith(1, 1)], measure({ calls: 1 })), 1n)
  })

  it('is what was set aside where it broke off, and more where more is known', () => {
    assert.equal(charge([callWith(100, 20, true)]), 500n)
    assert.equal(charge([callWith(1000, 20, true)]), 1020n)
    assert.equal(charge([callOf('provider', unknown(), { incomplete: true })]), 500n)
  })

  it('has the price of the model that answered, else of the one that was asked, else all that was set aside', () => {
    const dollars = measure({ usd: 1n })
    const answered = (model: string | null) => [{ ...callWith(1000, 0), model }]
    assert.equal(charge(answered('free'), dollars), 0n)
    assert.equal(charge(answered('known-under-another-name'), dollars), 3_000_000_000n)
    assert.equal(charge(answered(null), dollars), 3_000_000_000n)
    assert.equal(chargeFor(dollars, { calls: answered('nobody-knows'), asked: null, reserved: 5n }), 5n)
  })
})

describe('a decision', () => {
  it('sets aside the most side by side, as long as that fits', () => {
    const account = accountWith({ totalTokens: 2500 })
    for (const reserved of [1100n, 2200n]) {
      assert.equal(granted(decide([account], demandOf())).clampTo, null)
      assert.equal(account.gauges[0]?.reserved, reserved)
    }
    assert.deepEqual(decide([account], demandOf()), { kind: 'wait', at: account })
    assert.equal(account.inFlight, 2)
  })

  it('alone limits a reply to what the likely prompt leaves', () => {
    const account = accountWith({ totalTokens: 560 })
    assert.equal(granted(decide([account], demandOf())).clampTo, 60)
    assert.equal(account.gauges[0]?.reserved, 560n)
  })

  it('limits a reply by the tightest of all limits of all accounts, and sets that much aside in each', () => {
    const [own, group] = [accountWith({ totalTokens: 10_000, calls: 5 }), accountWith({ outputTokens: 30 })]
    const { clampTo, amounts } = granted(decide([own, group], demandOf()))
    assert.equal(clampTo, 30)
    assert.deepEqual(
      amounts.map(({ amount }) => amount),
      [1n, 1030n, 30n],
    )
  })

  it('refuses what has no room for a reply even when all others have cost nothing, and waits for nobody then', () => {
    const account = accountWith({ totalTokens: 515 })
    const refused = decide([account], demandOf())
    assert.ok(refused.kind === 'refused' && refused.because === 'spent')
    assert.equal(granted(decide([account], demandOf({ maxOutput: 15 }))).clampTo, null)
    assert.equal(decide([account], demandOf()).kind, 'refused')
  })

  it('refuses what has no price where dollars are limited, and only there', () => {
    const demand = demandOf({ model: 'nobody-knows' })
    const refused = decide([accountWith({ usd: 10n ** 15n })], demand)
    assert.ok(refused.kind === 'refused' && refused.because === 'no-price')
    assert.equal(decide([accountWith({ totalTokens: 5000 })], demand).kind, 'granted')
  })

  it('lets a call through that counts nothing towards a limit, although the limit is reached', () => {
    const account = accountWith({ outputTokens: 0 })
    assert.equal(granted(decide([account], demandOf({ maxOutput: 0 }))).clampTo, null)
    assert.equal(decide([account], demandOf({ maxOutput: 1 })).kind, 'refused')
  })
})

describe('who waits', () => {
  const signal = new AbortController().signal
  const turn = () => new Promise((done) => setImmediate(done))

  it('at the limit of a run holds up nobody else of its group', async () => {
    const [own, other, group] = [accountWith({ calls: 1 }), accountWith({}), accountWith({ calls: 9 })]
    await admit([own, group], demandOf(), signal)
    void admit([own, group], demandOf(), signal)
    await turn()
    assert.deepEqual([group.waiting.length, group.waiting[0]?.at], [1, own])
    assert.ok(!('kind' in (await admit([other, group], demandOf(), signal))))
  })

  it('goes on waiting elsewhere without missing what ends there at the same moment', async () => {
    // Both calls in flight end in one go: the first lets the waiting one go on to the group, which the second frees.
    const [one, two, group] = [
      accountWith({ outputTokens: 150 }),
      accountWith({}),
      accountWith({ outputTokens: 200 }),
    ]
    const first = await admit([one, group], demandOf(), signal)
    const second = await admit([two, group], demandOf(), signal)
    const third = admit([one, group], demandOf(), signal)
    assert.ok(!('kind' in first) && !('kind' in second))
    const end = (accounts: readonly Account[], reservation: typeof first) =>
      settle(accounts, reservation, (_, reserved) => reserved / 2n)
    await Promise.all([
      Promise.resolve().then(() => end([one, group], first)),
      Promise.resolve().then(() => end([two, group], second)),
    ])
    assert.ok(!('kind' in (await third)))
  })
})

describe('people', () => {
  it('are told of each threshold once, of several at once the highest, and whose limit it is', () => {
    const limits = { ...NO_LIMITS, calls: 10, totalTokens: 1000 }
    const group = newGroup('all', { ...NO_LIMITS, calls: 4 }, { nowMs: 0, priceNow })
    const run = newRun(runMeta('a'), { limits, group, nowMs: 0, priceNow })
    const told: (readonly [string, number, string | null][])[] = []
    for (let i = 0; i < 6; i++) {
      for (const { gauges } of run.accounts)
        for (const gauge of gauges) gauge.spent += gauge.measure.name === 'calls' ? 1n : 200n
      told.push(warnings(run).map(({ limit, percent, group: of }) => [limit, percent, of]))
    }
    assert.deepEqual(told, [
      [],
      [['calls', 50, 'all']],
      [['totalTokens', 50, null]],
      [
        ['totalTokens', 80, null],
        ['calls', 100, 'all'],
      ],
      [
        ['calls', 50, null],
        ['totalTokens', 100, null],
      ],
      [],
    ])
  })

  it('are told what is spent in the words of the limit', () => {
    const spent = (limits: Partial<Limits>, amount: bigint) =>
      spentOf({ measure: measure(limits), spent: amount })
    assert.equal(spent({ totalTokens: 5000 }, 2899n), '2,899 of 5,000 tokens')
    assert.equal(spent({ calls: 10 }, 3n), '3 of 10 calls')
    assert.equal(
      spent({ weighted: parseFormula('output <= 2000') }, 1_500_000_000n),
      '1,500 of 2,000 weighted tokens',
    )
    assert.equal(spent({ usd: 2n * 10n ** 12n }, 42n * 10n ** 10n), '$0.42 of $2.00')
  })

  it('are told why a call was refused', () => {
    const refused = decide([accountWith({ calls: 0 })], demandOf())
    assert.ok(refused.kind === 'refused')
    assert.match(
      budgetMessage(refused, 'm'),
      /^the budget is used up: 0 of 0 calls are spent, and this call does not fit/,
    )
    const unpriced = decide([accountWith({ usd: 1n })], demandOf({ model: null }))
    assert.ok(unpriced.kind === 'refused')
    assert.match(budgetMessage(unpriced, null), /no price of a model without a name is known$/)
  })
})
