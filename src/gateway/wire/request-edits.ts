import { isMembers, type Members } from '../../trajectory/json-head.ts'
import type { Endpoint } from '../endpoint.ts'
import { chatAnswers } from './chat-request.ts'
import { setMember } from './edit-json.ts'
import { geminiAnswers, geminiConfig } from './gemini-request.ts'
import { readMember } from './json-members.ts'

/** A request for a stream of Chat Completions that asks for the usage too. */
export const withUsageAsked = (body: string): string =>
  setMember(body, ['stream_options', 'include_usage'], true)

/**
 * The request with its answers limited to so many tokens together, every other character as it was; null where the
 * provider takes no limit as low as that. What generates nothing has no limit, and stays as it is.
 */
export function withMaxOutput({ asks, path }: Endpoint, body: string, tokens: number): string | null {
  if (asks.kind !== 'generate') return body
  switch (asks.dialect) {
    case 'openai-chat':
      return chat(body, tokens, path.endsWith('/chat/completions'))
    case 'openai-responses':
      return tokens < MIN_RESPONSE ? null : setMember(body, ['max_output_tokens'], tokens)
    case 'anthropic-messages':
      return tokens < 1 ? null : withThinkingBelow(setMember(body, ['max_tokens'], tokens), tokens)
    case 'gemini':
      return gemini(body, tokens)
    default:
      return asks.dialect satisfies never
  }
}

/** https://platform.openai.com/docs/api-reference/responses/create#responses-create-max_output_tokens */
const MIN_RESPONSE = 16
/** https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking */
const MIN_THINKING = 1024

/** The name that the client chose, as its server knows it; else the present one, which the older Completions do not know. */
function chat(body: string, tokens: number, isChat: boolean): string | null {
  const each = Math.floor(tokens / chatAnswers(read(body, ['n', 'best_of', 'prompt'])))
  if (each < 1) return null
  const given = ['max_tokens', 'max_completion_tokens'].filter((name) => readMember(body, name) != null)
  const names = given.length > 0 ? given : [isChat ? 'max_completion_tokens' : 'max_tokens']
  return names.reduce((json, name) => setMember(json, [name], each), body)
}

/** The API refuses a thinking budget that is not below the limit; without room for thinking there is none. */
function withThinkingBelow(body: string, tokens: number): string {
  const thinking = readMember(body, 'thinking')
  const budget = isMembers(thinking) ? thinking.budget_tokens : null
  if (typeof budget !== 'number' || budget < tokens) return body
  return tokens > MIN_THINKING
    ? setMember(body, ['thinking', 'budget_tokens'], tokens - 1)
    : setMember(body, ['thinking'], { type: 'disabled' })
}

/** Names in either spelling; what is there in both is set in both. */
function gemini(body: string, tokens: number): string | null {
  const settings = read(body, ['generationConfig', 'generation_config'])
  const each = Math.floor(tokens / geminiAnswers(geminiConfig(settings)))
  if (each < 1) return null
  const given = Object.entries(settings).filter(([, value]) => value != null)
  const paths = (given.length > 0 ? given : [['generationConfig', {}] as const]).flatMap(([name, config]) =>
    limitNames(config).map((limit) => [name, limit]),
  )
  return paths.reduce((json, path) => setMember(json, path, each), body)
}

function limitNames(config: unknown): readonly string[] {
  const names = ['maxOutputTokens', 'max_output_tokens']
  const given = names.filter((name) => isMembers(config) && config[name] != null)
  return given.length > 0 ? given : names.slice(0, 1)
}

/** Some members of a body that need not be parsed whole. */
function read(body: string, names: readonly string[]): Members {
  return Object.fromEntries(names.map((name) => [name, readMember(body, name)]))
}
