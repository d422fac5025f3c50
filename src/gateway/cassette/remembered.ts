/** How much is remembered: some conversations of a million tokens. */
const MAX_CHARS = 8_000_000

/** A shorter text is changed faster than it is looked up. */
const MIN_CHARS = 100

/**
 * The same function of a text, which remembers what it gave lately: of each request of an agent, all but the end was in
 * the one before.
 */
export function remembered(change: (text: string) => string): (text: string) => string {
  let recent = new Map<string, string>()
  let older: ReadonlyMap<string, string> = new Map()
  let chars = 0
  return (text) => {
    if (text.length < MIN_CHARS) return change(text)
    const known = recent.get(text)
    if (known !== undefined) return known
    const changed = older.get(text) ?? change(text)
    chars += text.length
    if (chars > MAX_CHARS / 2) {
      older = recent
      recent = new Map()
      chars = text.length
    }
    recent.set(text, changed)
    return changed
  }
}
