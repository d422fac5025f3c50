/** A key begins after what is no part of a word, or after an escape such as `\n` or `%22`. */
const BEFORE = String.raw`(?<![\w-])`
const AFTER_ESCAPE = String.raw`(?<=\\[nrtbf]|\\u[0-9a-fA-F]{4}|%[0-9a-fA-F]{2})`

/** What keys look like. A digit is asked for where words with hyphens look the same. */
const SHAPES = [
  // OpenAI, Anthropic, OpenRouter and many others
  String.raw`sk-(?=[\w-]{0,64}\d)[\w-]{16,}`,
  // Google
  String.raw`AIza[\w-]{30,}`,
  // GitHub
  String.raw`gh[opsur]_\w{20,}`,
  String.raw`github_pat_\w{20,}`,
  // GitLab, Hugging Face, Groq, xAI, Slack, AWS
  String.raw`glpat-[\w-]{20,}`,
  'hf_[A-Za-z0-9]{20,}',
  'gsk_[A-Za-z0-9]{20,}',
  'xai-[A-Za-z0-9]{20,}',
  String.raw`xox[abeoprs]-[\w-]{10,}`,
  '(?:AKIA|ASIA)[0-9A-Z]{16}',
  // our own, of runs
  String.raw`ftk_[\w-]{20,}`,
  // signed tokens
  String.raw`eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,}`,
  // any, where it is said to be one
  String.raw`(?<=[Bb]earer(?: |%20|\+))[\w.~+/-]{16,}={0,2}`,
]

/** Finds what looks like a key of a well-known provider, also where nobody said that it is one. */
export const KEY_SHAPES = new RegExp(`(?:${BEFORE}|${AFTER_ESCAPE})(?:${SHAPES.join('|')})`, 'g')
