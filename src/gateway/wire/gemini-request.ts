import type { Members } from '../../trajectory/json-head.ts'
import {
  answersOf,
  idsByName,
  membersIn,
  type RequestContent,
  textOr,
  wholeNumber,
} from './request-content.ts'

/** What a request of generateContent says, its names in either spelling: https://ai.google.dev/api/generate-content */
export function geminiRequest(body: Members): RequestContent {
  const parts = partsOf(body)
  const responses = parts.flatMap((part) =>
    membersIn([either(part, 'functionResponse', 'function_response')]),
  )
  const config = geminiConfig(body)
  const limit = wholeNumber(either(config, 'maxOutputTokens', 'max_output_tokens'))
  return {
    maxOutput: limit === null ? null : limit * geminiAnswers(config),
    toolResults: toolResults(responses),
    mediaParts: [...parts, ...responses.flatMap((response) => membersIn(response.parts))].filter(isMedia)
      .length,
    remembers: either(body, 'cachedContent', 'cached_content') != null,
    hostedTools: membersIn(body.tools).flatMap(Object.keys).filter(isHosted).length,
  }
}

/** The settings for the answer; empty where there are none. */
export const geminiConfig = (body: Members): Members =>
  membersIn([either(body, 'generationConfig', 'generation_config')])[0] ?? {}

/** How many answers the settings ask for. */
export const geminiAnswers = (config: Members): number =>
  answersOf(either(config, 'candidateCount', 'candidate_count'))

/** A member by the name of the API or by that of its protocol buffers, which is taken as well. */
const either = (object: Members, name: string, other: string): unknown => object[name] ?? object[other]

/** Of what is to be answered, or to be embedded. */
function partsOf(body: Members): readonly Members[] {
  const instruction = either(body, 'systemInstruction', 'system_instruction')
  const embedded = membersIn(body.requests).map(({ content }) => content)
  // One content alone is taken for a list of one.
  const contents = Array.isArray(body.contents) ? body.contents : [body.contents]
  return membersIn([...contents, instruction, body.content, ...embedded]).flatMap(({ parts }) =>
    membersIn(Array.isArray(parts) ? parts : [parts]),
  )
}

const isMedia = (part: Members): boolean =>
  ['inlineData', 'inline_data', 'fileData', 'file_data'].some((name) => part[name] != null)

function toolResults(responses: readonly Members[]): RequestContent['toolResults'] {
  const byName = idsByName()
  return responses.map(({ id, name, response }) => ({
    id: textOr(id, null) ?? byName(textOr(name, '')),
    chars: charsIn(response),
  }))
}

/** A function may name its texts as it likes. */
function charsIn(value: unknown): number {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((sum: number, inner) => sum + charsIn(inner), 0)
}

const isHosted = (tool: string): boolean =>
  !['functionDeclarations', 'function_declarations', 'computerUse', 'computer_use'].includes(tool)
