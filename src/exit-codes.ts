/** Exit codes of every command; a contract (see README, "Exit codes"). */
export const EXIT = {
  ok: 0,
  overBudget: 1,
  badInput: 2,
  undecided: 3,
  provider: 4,
  bug: 70,
  interrupted: 130,
} as const
