import { type Account, type Decision, decide, letIn, type Refusal, type Reservation } from './account.ts'
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
  const behind = accounts.find(({ waiting }) => waiting.length > 0)
  let decision: Decision = behind === undefined ? decide(accounts, demand) : { kind: 'wait', at: behind }
  while (decision.kind === 'wait') decision = await turn(decision.at, () => decide(accounts, demand), signal)
  return decision.kind === 'granted' ? decision.reservation : decision
}

/** Waits at an account; decided anew there, in order, whenever a call has ended. */
function turn(account: Account, decideNow: () => Decision, signal: AbortSignal): Promise<Decision> {
  return new Promise((resolve, reject) => {
    const tryNow = (): boolean => {
      const decision = decideNow()
      // Where it has to wait elsewhere it leaves this line, and joins the other.
      if (decision.kind === 'wait' && decision.at === account) return false
      signal.removeEventListener('abort', leave)
      resolve(decision)
      return true
    }
    const leave = (): void => {
      account.waiting.splice(account.waiting.indexOf(tryNow), 1)
      reject(signal.reason)
      letIn(account)
    }
    signal.addEventListener('abort', leave, { once: true })
    account.waiting.push(tryNow)
  })
}
