import {
  type Account,
  type Decision,
  decide,
  letIn,
  lineOf,
  type Refusal,
  type Reservation,
  type Waiter,
} from './account.ts'
import type { Demand } from './demand.ts'

/**
 * Waits until a call may be made, behind those who came before.
 * @throws the reason of `signal`, when nobody waits for the call any more
 */
export async function admit(
  accounts: readonly Account[],
  demand: Demand,
  signal: AbortSignal,
): Promise<Reservation | Refusal> {
  signal.throwIfAborted()
  const line = lineOf(accounts)
  const ahead = line.find(({ at }) => accounts.includes(at))
  const decision: Decision = ahead === undefined ? decide(accounts, demand) : { kind: 'wait', at: ahead.at }
  if (decision.kind === 'granted') return decision.reservation
  if (decision.kind === 'refused') return decision
  return turn(line, { accounts, demand, at: decision.at }, signal)
}

interface Waiting {
  readonly accounts: readonly Account[]
  readonly demand: Demand
  readonly at: Account
}

/** Waits in line; decided anew whenever a call has ended. */
function turn(
  line: Waiter[],
  { accounts, demand, at }: Waiting,
  signal: AbortSignal,
): Promise<Reservation | Refusal> {
  return new Promise((resolve, reject) => {
    const tryNow = (): Account | null => {
      const decision = decide(accounts, demand)
      if (decision.kind === 'wait') return decision.at
      signal.removeEventListener('abort', leave)
      resolve(decision.kind === 'granted' ? decision.reservation : decision)
      return null
    }
    const waiter: Waiter = { accounts, at, tryNow }
    const leave = (): void => {
      line.splice(line.indexOf(waiter), 1)
      reject(signal.reason)
      // Who stood behind it may have waited for it alone.
      letIn(line)
    }
    signal.addEventListener('abort', leave, { once: true })
    line.push(waiter)
  })
}
