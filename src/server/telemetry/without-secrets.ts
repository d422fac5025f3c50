/**
 * A text without what opens anything: keys of ours, and what else looks like a credential. Quotes and backslashes stay,
 * so that a line of JSON stays one.
 */
export const withoutSecrets = (text: string): string =>
  SECRETS.reduce((clean, [pattern, instead]) => clean.replace(pattern, instead), text)

const SECRETS: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/ftk_session=[^\s"\\;]*/g, 'ftk_session=…'],
  [/ftk_(?!session=)[\w-]{8,}/g, 'ftk_…'],
  [/\b(Bearer|Basic) +(?!…)[^\s"\\,;]+/gi, '$1 …'],
  // Of the providers, and of GitHub: an issue, or an address, may hold one.
  [/\b(sk|gh[pousr]|github_pat)[-_][\w-]{16,}/g, '$1-…'],
  [/\bAIza[\w-]{30,}/g, 'AIza…'],
  [/(https?:\/\/)[^\s"\\/@]+@/gi, '$1…@'],
]
