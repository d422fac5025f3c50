import { entryOf, normalModelName } from '../pricing/alias.ts'

/**
 * One spelling per model, whoever serves it and of whatever day: `openai/gpt-5-2025-08-07` → gpt-5,
 * `us.anthropic.claude-sonnet-4-5-20250929-v1:0` and `anthropic/claude-4.5-sonnet` → claude-sonnet-4-5. A price hangs on
 * who serves a model, the tokens that it takes hardly do; providers answer with the day's name when the plain one was
 * asked for. Names of forecasts and of runs meet by it. It is kept in stores: what it gives changes with a migration only.
 */
export const modelKey = (model: string): string => plainName(entryOf(plainName(normalModelName(model))))

function plainName(name: string): string {
  const served = name.slice(name.lastIndexOf('/') + 1).replace(BEDROCK, '')
  return claudeName(served.replace(VARIANT, '').replace(DAY, ''))
}

/** Amazon's: a region and the maker before the name. */
const BEDROCK =
  /^(?:[a-z]{2,6}\.)?(?:ai21|amazon|anthropic|cohere|deepseek|meta|mistral|openai|qwen|writer)\./
/** Amazon's version of its offer; OpenRouter's of what it is paid with. */
const VARIANT = /-v\d+:\d+$|:free$/
/** Google sets the day off with `@`. */
const DAY = /[-@](?:20\d{6}|20\d\d-\d\d-\d\d|latest)$/

/** Anthropic wrote the version before the name up to 3.7, and after it since; others do as they please, with dots. */
const claudeName = (name: string): string =>
  name
    .replace(/^(claude-.*\d)\.(\d)/, '$1-$2')
    .replace(/^claude-(\d+(?:-\d+)?)-(opus|sonnet|haiku)$/, 'claude-$2-$1')
