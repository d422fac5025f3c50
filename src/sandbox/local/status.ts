/** What bubblewrap tells of itself, one JSON document per line, on a descriptor that the command does not have. */
export interface Status {
  /** Of the first process inside, as the host numbers it; null = there never was one. */
  readonly childPid: number | null
  /** Null = the command did not begin, or bubblewrap was killed before it ended. */
  readonly exit: number | null
}

/** Reads what has come so far; a line that is not whole is left out. Exit codes are told only of commands that began. */
export function parseStatus(text: string): Status {
  const lines = text.split('\n').slice(0, -1).filter(Boolean)
  const told = Object.assign({}, ...lines.map((line) => JSON.parse(line) as unknown))
  return { childPid: numberOf(told, 'child-pid'), exit: numberOf(told, 'exit-code') }
}

function numberOf(told: Readonly<Record<string, unknown>>, key: string): number | null {
  const value = told[key]
  return typeof value === 'number' ? value : null
}
