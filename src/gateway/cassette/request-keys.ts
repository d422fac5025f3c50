import { createHash } from 'node:crypto'
import type { Endpoint } from '../endpoint.ts'
import { canonicalJson, isObject } from './canonical-json.ts'
import type { RequestKeys } from './cassette-file.ts'
import { withoutUnasked } from './unasked.ts'
import { steadyText } from './volatile-text.ts'
import { folderPattern, workspaceFolder } from './workspace-folder.ts'

/** Where a request goes. */
export type Target = Pick<Endpoint, 'provider' | 'path'>

/**
 * What a request is found by. `query` and `body` as `askedOf` gives them, secrets redacted: the same request with
 * another key is the same.
 */
export function requestKeys(target: Target, query: string, body: unknown): RequestKeys {
  return { strict: strictKey(target, query, body), lenient: lenientKey(target, query, body) }
}

/** The SHA-256 of all that is asked for. */
export function strictKey(target: Target, query: string, body: unknown): string {
  return keyOf(target, query, canonicalJson(withoutUnasked(body)))
}

/** The SHA-256 of the same without what changes from run to run. */
export const lenientKey = (target: Target, query: string, body: unknown): string =>
  keyOf(target, query, steadyBody(body))

/** A body without what changes from run to run. */
export function steadyBody(body: unknown): unknown {
  const asked = canonicalJson(withoutUnasked(body))
  const folder = workspaceFolder(asked)
  if (folder === null) return steady(asked, steadyText)
  const pattern = folderPattern(folder)
  return steady(asked, (text) => steadyText(text.replace(pattern, '<workspace>')))
}

function keyOf({ provider, path }: Target, query: string, body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([provider, path, query, body]))
    .digest('hex')
}

/** Members that name a use of a tool, whose ids a client may make itself. */
const IDS = new Set(['tool_call_id', 'tool_use_id', 'call_id'])

/** Items of a conversation, and uses of tools in it: their ids mean nothing but themselves. */
const OWN_IDS = new Set([
  ...['message', 'reasoning', 'tool_use', 'function'],
  ...['function_call', 'custom_tool_call', 'local_shell_call', 'computer_call', 'web_search_call'],
  ...['function_call_output', 'custom_tool_call_output', 'local_shell_call_output', 'computer_call_output'],
])

function steady(value: unknown, text: (text: string) => string): unknown {
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return isEpoch(value) ? '<time>' : value
  if (Array.isArray(value)) return value.map((item) => steady(item, text))
  if (!isObject(value)) return value
  const isItem = typeof value.type === 'string' && OWN_IDS.has(value.type)
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const isId = typeof item === 'string' && (IDS.has(name) || (isItem && name === 'id'))
      return [name, isId ? '<id>' : steady(item, text)]
    }),
  )
}

/** Seconds or milliseconds of 2017 to 2033. */
const isEpoch = (value: number): boolean =>
  (value >= 1.5e9 && value < 2e9) || (value >= 1.5e12 && value < 2e12)
