import { type Demand, likelyOf, mostOf, UNLIMITED_OUTPUT } from './demand.ts'
import type { Measure } from './measure.ts'

/** Fewer tokens are no reply: OpenAI's Responses API takes no smaller limit. */
const LEAST_OUTPUT = 16

/** What is known of a limit: all in the unit of its measure. */
export interface Gauge {
  readonly measure: Measure
  spent: bigint
  /** By calls in flight. */
  reserved: bigint
  /** The highest threshold, in percent, that was told of. */
  warned: number
}

/** What a run, or a group of them, may spend, and what it has. */
export interface Account {
  readonly gauges: readonly Gauge[]
  /** Calls in flight. */
  inFlight: number
  /** Calls that wait, in the order they came: see `lineOf`. */
  readonly waiting: Waiter[]
}

/** A call that waits until others have ended. */
export interface Waiter {
  readonly accounts: readonly Account[]
  /** The account that it waits at. */
  at: Account
  /** Lets it in, or refuses it, if that can be told by now; else the account that it goes on waiting at. */
  readonly tryNow: () => Account | null
}

export const newAccount = (measures: readonly Measure[]): Account => ({
  gauges: measures.map((measure) => ({ measure, spent: 0n, reserved: 0n, warned: 0 })),
  inFlight: 0,
  waiting: [],
})

/** What was set aside for one call. */
export interface Reservation {
  /** What its reply was limited to; null = it was not. */
  readonly clampTo: number | null
  readonly amounts: readonly { readonly gauge: Gauge; readonly amount: bigint }[]
}

/** Why a call cannot be made. */
export interface Refusal {
  readonly kind: 'refused'
  readonly because: 'spent' | 'no-price'
  readonly gauge: Gauge
}

export type Decision =
  | { readonly kind: 'granted'; readonly reservation: Reservation }
  | { readonly kind: 'wait'; readonly at: Account }
  | Refusal

/**
 * Whether a call may be made now. The most that it can use is set aside, and calls go side by side while that fits.
 * Where it does not, the call waits until no other one is in flight, and its reply is then limited to what is left.
 *
 * The bound: a limit of calls, and of output tokens, is never passed. Any other is passed by at most what the prompt of
 * ONE call counts for beyond its likely size and classes (`likelyOf`) and, in dollars, its price tier, however many calls
 * there are: of those that do not fit with the most they can use one is in flight at a time, and none once the limit is
 * reached.
 *
 * It holds as long as providers do what they were asked for. Beyond it go a prompt with more tokens than bytes and what
 * `promptDemand` adds, a reply longer than its limit (or than `UNLIMITED_OUTPUT`, where none was needed), a server that
 * takes no limit and whose client set none, and a model billed dearer than the one that was asked.
 */
export function decide(accounts: readonly Account[], demand: Demand): Decision {
  const tight = accounts.filter(({ gauges }) => gauges.some((gauge) => !fits(gauge, demand)))
  for (const { gauges } of tight) {
    const hopeless = gauges.map((gauge) => refusalOf(gauge, demand)).find((refusal) => refusal !== null)
    if (hopeless !== undefined) return hopeless
  }
  const busy = tight.find(({ inFlight }) => inFlight > 0)
  if (busy !== undefined) return { kind: 'wait', at: busy }
  return { kind: 'granted', reservation: reserve(accounts, demand) }
}

const free = ({ measure, spent, reserved }: Gauge): bigint => measure.limit - spent - reserved

function fits(gauge: Gauge, demand: Demand): boolean {
  const most = mostOf(gauge.measure, demand)
  return most !== null && most <= free(gauge)
}

/** Why the call could not be made even if all calls in flight had cost nothing; null = it could. */
function refusalOf(gauge: Gauge, demand: Demand): Refusal | null {
  const likely = likelyOf(gauge.measure, demand)
  if (likely === null) return { kind: 'refused', because: 'no-price', gauge }
  const least = BigInt(Math.min(demand.maxOutput ?? LEAST_OUTPUT, LEAST_OUTPUT))
  const left = gauge.measure.limit - gauge.spent
  return likely.prompt + least * likely.perOutput <= left
    ? null
    : { kind: 'refused', because: 'spent', gauge }
}

function reserve(accounts: readonly Account[], demand: Demand): Reservation {
  const gauges = accounts.flatMap((account) => account.gauges)
  const asked = demand.maxOutput ?? UNLIMITED_OUTPUT
  const allowed = gauges.reduce((least, gauge) => Math.min(least, outputLeft(gauge, demand)), asked)
  const clampTo = allowed < asked ? allowed : null
  const limited = { ...demand, maxOutput: allowed }
  const amounts = gauges.map((gauge) => {
    const most = fits(gauge, limited) ? mostOf(gauge.measure, limited) : null
    return { gauge, amount: most ?? likelyAmount(gauge, limited) }
  })
  for (const { gauge, amount } of amounts) gauge.reserved += amount
  for (const account of accounts) account.inFlight++
  return { clampTo, amounts }
}

/** Tokens of a reply for which a limit has room behind the prompt. */
function outputLeft(gauge: Gauge, demand: Demand): number {
  if (fits(gauge, demand)) return Number.POSITIVE_INFINITY
  const likely = likelyOf(gauge.measure, demand)
  if (likely === null || likely.perOutput === 0n) return Number.POSITIVE_INFINITY
  return Number((free(gauge) - likely.prompt) / likely.perOutput)
}

function likelyAmount(gauge: Gauge, demand: Demand): bigint {
  const likely = likelyOf(gauge.measure, demand)
  return likely === null ? 0n : likely.prompt + BigInt(demand.maxOutput ?? 0) * likely.perOutput
}

/** Gives back what was set aside for a call, and charges what it used. Then those who wait are let in, if they now can be. */
export function settle(
  accounts: readonly Account[],
  { amounts }: Reservation,
  used: (measure: Measure, reserved: bigint) => bigint,
): void {
  for (const { gauge, amount } of amounts) {
    gauge.reserved -= amount
    gauge.spent += used(gauge.measure, amount)
  }
  for (const account of accounts) account.inFlight--
  letIn(lineOf(accounts))
}

/**
 * Where calls on these accounts wait: one line for all that may wait for each other. It is that of the last account, the
 * group's, in which everybody with one of the others is too.
 */
export function lineOf(accounts: readonly Account[]): Waiter[] {
  const last = accounts.at(-1)
  if (last === undefined) throw new Error('a call without an account')
  return last.waiting
}

/** Lets those in who now can be, in order: nobody passes one who waits at the same account, and nobody else is held up. */
export function letIn(line: Waiter[]): void {
  const blocked = new Set<Account>()
  const still: Waiter[] = []
  for (const waiter of [...line]) {
    const at = waiter.accounts.find((account) => blocked.has(account)) ?? waiter.tryNow()
    if (at === null) continue
    waiter.at = at
    blocked.add(at)
    still.push(waiter)
  }
  line.splice(0, line.length, ...still)
}
