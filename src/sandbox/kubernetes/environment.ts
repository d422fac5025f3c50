import { GATEWAY_PORT, type SandboxSpec } from '../sandbox.ts'

const HOME = '/tmp/home'
const HERE = new RegExp(`http://(?:127\\.0\\.0\\.1|localhost):${GATEWAY_PORT}(?!\\d)`, 'g')

/**
 * What the command gets, beside what its image sets. The gateway is on another machine: whatever names its usual address
 * names `gateway` here, such as `http://10.0.0.7:41234`.
 */
export function environment({ env }: SandboxSpec, gateway: string | null): Record<string, string> {
  const own = { HOME, LANG: 'C.UTF-8', TMPDIR: '/tmp' }
  const all = Object.entries({ ...own, ...(gateway === null ? {} : { FORETOKEN_GATEWAY: gateway }), ...env })
  return Object.fromEntries(all.map(([name, value]) => [name, readdressed(value, gateway)]))
}

export const readdressed = (text: string, gateway: string | null): string =>
  gateway === null ? text : text.replace(HERE, () => gateway)

/** Kubernetes replaces `$(NAME)` in values, commands and arguments, and takes `$$` for a dollar. */
export const literally = (text: string): string => text.replaceAll('$', '$$$$')
