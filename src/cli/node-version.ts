/** The oldest Node that the dependencies support. */
const OLDEST = [22, 14] as const

/** The complaint about a Node that is too old, null when it is not. Must itself run on any Node that knows modules. */
export function nodeComplaint(version: string): string | null {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return null
  return (
    `error: foretoken needs Node ${OLDEST.join('.')} or newer, this is Node ${version}\n` +
    '→ install Node 24, or run it with `npx -p node@24 foretoken`\n'
  )
}
