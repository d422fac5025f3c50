import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { type Account, type Refusal, type Reservation, settle } from '../../src/gateway/budget/account.ts'
import { admit } from '../../src/gateway/budget/admit.ts'
import { chargeFor } from '../../src/gateway/budget/charge.ts'
import { type Demand, mostOf, UNLIMITED_OUTPUT } from '../../src/gateway/budget/demand.ts'
import { parseFormula } from '../../src/gateway/budget/formula.ts'
import { callOf } from '../../src/usage/call.ts'
import { TOKEN_CLASSES } from '../../src/usage/usage.ts'
import { accountWith } from '../fixtures/gateway/budget.ts'
import { unknown, usage } from '../fixtures/usage/usages.ts'

const some = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 2 })
const limits = fc.record({
  calls: some(fc.nat(9)),
  outputTokens: some(fc.oneof(fc.nat(4000), fc.nat(400_000))),
  totalTokens: some(fc.nat(600_000)),
  weighted: some(fc.nat(600_000).map((limit) => parseFormula(`input + 0.1cacheRead + 5 output <= ${limit}`))),
  usd: some(fc.nat(5_000_000).map((micro) => BigInt(micro) * 1_000_000n)),
})

const EVERY_LIMIT = {
  calls: 1,
  outputTokens: 1,
  totalTokens: 1,
  weighted: parseFormula('input + 0.1 cacheRead + 2 cacheWrite + 5 output <= 1'),
  usd: 1n,
}

/** A call as it is asked for, and as its reply turns out. */
const asked = fc.record({
  run: fc.nat(2),
  model: fc.constantFrom('known', 'known', 'known', 'free', 'nobody-knows', null),
  most: fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 300_000 })),
  /** In hundredths of the most. */
  likely: fc.nat(100),
  isBounded: fc.boolean(),
  maxOutput: fc.oneof(fc.nat(40), fc.nat(1000), some(fc.nat(100_000))),
  actual: fc.nat(100),
  written: fc.nat(100),
  class: fc.constantFrom('input', 'cacheRead', 'cacheWrite5m'),
  ending: fc.constantFrom('ok', 'ok', 'ok', 'refused', 'broken-off', 'unknown'),
})
type Asked = typeof asked extends fc.Arbitrary<infer T> ? T : never

const step = fc.oneof(
  { weight: 3, arbitrary: asked.map((call) => ({ kind: 'ask' as const, call })) },
  { weight: 2, arbitrary: fc.nat().map((which) => ({ kind: 'end' as const, which })) },
  { weight: 1, arbitrary: fc.nat().map((which) => ({ kind: 'leave' as const, which })) },
  // Two ends in one go: nobody who moves on meanwhile misses one of them.
  { weight: 1, arbitrary: fc.nat().map((which) => ({ kind: 'end-all' as const, which })) },
)

interface Asking {
  readonly place: number
  readonly call: Asked
  readonly accounts: readonly Account[]
  readonly leave: AbortController
  state: 'waiting' | 'granted' | 'refused' | 'left' | 'ended'
  reservation: Reservation | null
}

/** Some runs of a group with calls that come, go and give up; what is checked holds after each of these. */
function world(own: readonly Account[], group: Account | null) {
  const askings: Asking[] = []
  const decided: Asking[] = []
  /** The most that a single call used beyond what was set aside for it, by limit. */
  const beyond = new Map<object, bigint>()
  const all = group === null ? own : [...own, group]
  const inState = (state: Asking['state']) => askings.filter((asking) => asking.state === state)
  return {
    all,
    decided,
    beyond,
    inState,
    ask(call: Asked) {
      const mine = own[call.run] as Account
      const accounts = group === null ? [mine] : [mine, group]
      const leave = new AbortController()
      const asking: Asking = {
        place: askings.length,
        call,
        accounts,
        leave,
        state: 'waiting',
        reservation: null,
      }
      askings.push(asking)
      const answered = (answer: Reservation | Refusal) => {
        decided.push(asking)
        asking.state = 'kind' in answer ? 'refused' : 'granted'
        asking.reservation = 'kind' in answer ? null : answer
      }
      admit(accounts, demandOf(call), leave.signal).then(answered, () => {
        asking.state = 'left'
      })
    },
    end(asking: Asking) {
      const { call, accounts, reservation } = asking
      asking.state = 'ended'
      if (reservation === null) throw new Error('it was never let in')
      const calls = callsOf(call, reservation)
      for (const { gauge, amount } of reservation.amounts) {
        const used = chargeFor(gauge.measure, { calls, asked: call.model, reserved: amount })
        const more = used - amount
        if (more > (beyond.get(gauge) ?? 0n)) beyond.set(gauge, more)
      }
      settle(accounts, reservation, (measure, reserved) =>
        chargeFor(measure, { calls, asked: call.model, reserved }),
      )
    },
  }
}

const demandOf = ({ model, most, likely, isBounded, maxOutput }: Asked): Demand => ({
  model,
  mostInput: isBounded ? most : null,
  likelyInput: { input: Math.floor((most * likely) / 100), cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 },
  maxOutput,
})

/** A reply that keeps what it was limited to. */
function callsOf(
  { most, actual, written, class: name, maxOutput, model, ending }: Asked,
  { clampTo }: Reservation,
) {
  const limit = clampTo ?? maxOutput ?? UNLIMITED_OUTPUT
  const told = {
    [name]: Math.floor((most * actual) / 100),
    output: Math.floor((limit * written) / 100),
  }
  if (ending === 'refused') return []
  if (ending === 'unknown') return [callOf('provider', unknown(), { model, incomplete: true })]
  return [callOf('provider', usage(told), { model, incomplete: ending === 'broken-off' })]
}

function check({ all, inState, decided, beyond }: ReturnType<typeof world>): void {
  const granted = inState('granted')
  for (const account of all) {
    const here = granted.filter(({ accounts }) => accounts.includes(account))
    assert.equal(account.inFlight, here.length)
    for (const gauge of account.gauges) {
      const amounts = here.flatMap(({ reservation }) => reservation?.amounts ?? [])
      const sum = amounts.filter((one) => one.gauge === gauge).reduce((all, { amount }) => all + amount, 0n)
      assert.equal(gauge.reserved, sum)
      const over = gauge.spent - gauge.measure.limit
      assert.ok(over <= (beyond.get(gauge) ?? 0n), `${gauge.measure.name} is over by ${over}`)
      if (gauge.measure.name === 'calls' || gauge.measure.name === 'outputTokens') assert.ok(over <= 0n)
    }
  }
  const waiters = new Set(all.flatMap((account) => account.waiting))
  assert.equal(waiters.size, inState('waiting').length)
  for (const { at } of waiters) assert.ok(at.inFlight > 0, 'someone waits for nobody')
  for (const [first] of all.map(({ waiting }) => waiting)) {
    assert.ok(first === undefined || first.tryNow() !== null, 'someone waits who need not')
  }
  for (const run of [0, 1, 2]) {
    const places = decided.filter(({ call }) => call.run === run).map(({ place }) => place)
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
      'someone was passed',
    )
  }
}

describe('a budget', () => {
  it('keeps its laws whatever calls come and go in whatever order', () =>
    fc.assert(
      fc.asyncProperty(
        fc.tuple(limits, limits, limits),
        some(limits),
        fc.array(step, { maxLength: 60 }),
        async (ownLimits, groupLimits, steps) => {
          const own = ownLimits.map(accountWith)
          const the = world(own, groupLimits === null ? null : accountWith(groupLimits))
          for (const { kind, ...one } of steps) {
            if ('call' in one) the.ask(one.call)
            else {
              const from = the.inState(kind === 'leave' ? 'waiting' : 'granted')
              const chosen =
                kind === 'end-all' ? from : from.slice(one.which % (from.length || 1)).slice(0, 1)
              for (const asking of chosen) {
                if (kind === 'leave') asking.leave.abort(new Error('gone'))
                else the.end(asking)
              }
            }
            await turn()
            check(the)
          }
          // Once those in flight end, everybody is let in, or refused, and nothing stays set aside.
          for (let left = the.inState('granted'); left.length > 0; left = the.inState('granted')) {
            the.end(left[0] as Asking)
            await turn()
            check(the)
          }
          assert.deepEqual(the.inState('waiting'), [])
          for (const { inFlight, gauges } of the.all) {
            assert.deepEqual(
              [inFlight, ...gauges.map(({ reserved }) => reserved)],
              [0, ...gauges.map(() => 0n)],
            )
          }
        },
      ),
      { numRuns: 2000 },
    ))

  it('sets aside no less than a call can use', () =>
    fc.assert(
      fc.property(
        fc.tuple(fc.nat(400_000), fc.nat(400_000), fc.nat(400_000), fc.nat(50_000), fc.nat(50_000)),
        fc.nat(100_000),
        ([input, cacheRead, cacheWrite5m, output, lessOutput], less) => {
          const used = { input, cacheRead, cacheWrite5m, cacheWrite1h: 0, output }
          const demand = {
            model: 'known',
            mostInput: input + cacheRead + cacheWrite5m + less,
            likelyInput: { ...used, output: 0 },
            maxOutput: output + lessOutput,
          }
          for (const { measure } of accountWith(EVERY_LIMIT).gauges) {
            const [most, amount] = [mostOf(measure, demand), measure.of(used, 'known')]
            assert.ok(most !== null && amount !== null && amount <= most, measure.name)
          }
        },
      ),
    ))

  it('is used: of calls that fit one after the other none is refused, however they come', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 1000 }), { maxLength: 20 }), async (sizes) => {
        const account = accountWith({ totalTokens: sizes.reduce((sum, size) => sum + size + 16, 0) })
        const the = world([account], null)
        const call = { run: 0, model: 'known', isBounded: true, likely: 50, actual: 50, written: 0 } as const
        for (const size of sizes) {
          the.ask({ ...call, most: 2 * size, maxOutput: null, class: 'input', ending: 'ok' })
        }
        await turn()
        for (let left = the.inState('granted'); left.length > 0; left = the.inState('granted')) {
          the.end(left[0] as Asking)
          await turn()
        }
        assert.equal(the.inState('ended').length, sizes.length)
      }),
    ))
})

describe('a formula', () => {
  it('says what its parts say, in any order and spelling', () =>
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom(...TOKEN_CLASSES), fc.nat(9_999_999)), { minLength: 1 }),
        fc.nat(),
        fc.constantFrom(' ', ' * ', ''),
        (terms, limit, between) => {
          const text = terms.map(([name, millionths]) => `${(millionths / 1e6).toFixed(6)}${between}${name}`)
          const { weights, limit: read } = parseFormula(`${text.join(' + ')} <= ${limit}`)
          assert.equal(read, limit)
          for (const name of TOKEN_CLASSES) {
            const sum = terms.filter(([of]) => of === name).reduce((all, [, weight]) => all + weight, 0)
            assert.equal(weights[name], BigInt(sum))
          }
        },
      ),
    ))
})
