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

/** What Kubernetes sets in every container, and nobody has asked for. */
const UNASKED = [
  ...['SERVICE_HOST', 'SERVICE_PORT', 'SERVICE_PORT_HTTPS', 'PORT', 'PORT_443_TCP'],
  ...['PORT_443_TCP_ADDR', 'PORT_443_TCP_PORT', 'PORT_443_TCP_PROTO'],
].map((name) => `KUBERNETES_${name}`)

export const unasked = ({ env }: SandboxSpec): readonly string[] =>
  UNASKED.filter((name) => env[name] === undefined)

export const readdressed = (text: string, gateway: string | null): string =>
  gateway === null ? text : text.replace(HERE, () => gateway)

/** Kubernetes replaces `$(NAME)` in values, commands and arguments, and takes `$$` for a dollar. */
export const literally = (text: string): string => text.replaceAll('$', '$$$$')
