import { readdirSync, readFileSync } from 'node:fs'

/** In the flags of an open file, in octal (proc(5)): it is closed when another program is started. */
const CLOSE_ON_EXEC = 0o2000000

/**
 * Descriptors that whoever started this process has left open, and that would reach every command that it starts: Node takes
 * care of its own, and of inherited ones with low numbers only.
 */
export function inheritedDescriptors(): readonly number[] {
  // They were there from the start: once they have been looked for, no more of them come.
  known ??= readdirSync('/proc/self/fd')
    .map(Number)
    .filter((descriptor) => descriptor > 2 && isPassedOn(descriptor))
  return known
}

let known: readonly number[] | null = null

function isPassedOn(descriptor: number): boolean {
  try {
    const [, flags = ''] =
      /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8')) ?? []
    return (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0
  } catch {
    // The one of the listing itself.
    return false
  }
}
