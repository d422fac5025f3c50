/**
 * Names that people and benchmarks use for models which the shipped price book lists under another name. Only names
 * that mean one model are here, and the entry named is the maker's own price where the book has it.
 */
const ALIASES: Readonly<Record<string, string>> = {
  // The preview is the only Gemini 3 Pro there is.
  'gemini-3': 'google/gemini-3-pro-preview',
  'gemini-3-pro': 'google/gemini-3-pro-preview',
  'gemini-3-flash': 'google/gemini-3-flash-preview',
  // The book's plain `kimi-k2` lacks the price of cached tokens; the maker's dated entry has it.
  'kimi-k2': 'moonshotai/kimi-k2-0905-preview',
  'kimi-k2-instruct': 'moonshotai/kimi-k2-0905-preview',
  'kimi-k2-instruct-0905': 'moonshotai/kimi-k2-0905-preview',
  // Open weights without a maker's price in the book: the price OpenRouter lists.
  'qwen3-coder': 'openrouter/qwen/qwen3-coder',
  'qwen3-coder-480b': 'openrouter/qwen/qwen3-coder',
  'qwen3-coder-480b-a35b': 'openrouter/qwen/qwen3-coder',
  'qwen3-coder-480b-a35b-instruct': 'openrouter/qwen/qwen3-coder',
  'qwen3-coder-30b-a3b-instruct': 'openrouter/qwen/qwen3-coder-30b-a3b-instruct',
  'qwen3-coder-plus': 'openrouter/qwen/qwen3-coder-plus',
  'deepseek-v3.1': 'openrouter/deepseek/deepseek-chat-v3.1',
  'glm-4.5': 'openrouter/z-ai/glm-4.5',
  'glm-4.5-air': 'openrouter/z-ai/glm-4.5-air',
  'glm-4.6': 'openrouter/z-ai/glm-4.6',
  'glm-4.7': 'openrouter/z-ai/glm-4.7',
}

/** Prefixes that say how a request travels, not who answers it. */
const ROUTES = new Set(['litellm_proxy', 'litellm'])

/** Prefixes of servers that run on the user's own machine. */
const LOCAL = new Set(['ollama', 'ollama_chat', 'lm_studio'])

/** The form in which models are looked up: lower case, without a routing prefix or a note such as `(effort=high)`. */
export function normalModelName(model: string): string {
  const name = model.toLowerCase().trim()
  const note = name.endsWith(')') ? name.lastIndexOf(' (') : -1
  const bare = note > 0 ? name.slice(0, note) : name
  const slash = bare.indexOf('/')
  return slash > 0 && ROUTES.has(bare.slice(0, slash)) ? bare.slice(slash + 1) : bare
}

/** The entry of the price book that a normal name stands for; the name itself when it is no alias. */
export function entryOf(name: string): string {
  return Object.hasOwn(ALIASES, name) ? (ALIASES[name] ?? name) : name
}

/** Whether a normal name says that the model runs on the user's own machine, where tokens have no price. */
export function runsLocally(name: string): boolean {
  const slash = name.indexOf('/')
  return slash > 0 && LOCAL.has(name.slice(0, slash)) && !name.endsWith('-cloud')
}
