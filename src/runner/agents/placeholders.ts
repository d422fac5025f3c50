/** What a command line of an agent may name. */
export const PLACEHOLDERS = ['issue', 'issue_file', 'workspace', 'home', 'model', 'provider', 'key'] as const
export type Placeholder = (typeof PLACEHOLDERS)[number]

const NAMED = /\{([a-z_]+)\}/g

/** Names in braces that stand for nothing. */
export const unknownPlaceholders = (text: string): readonly string[] =>
  [...text.matchAll(NAMED)].flatMap(([, name = '']) => (isPlaceholder(name) ? [] : [name]))

/** A text with every name in braces replaced, once: what comes in is not looked at again. */
export const fill = (text: string, values: Readonly<Record<Placeholder, string>>): string =>
  text.replace(NAMED, (whole, name: string) => (isPlaceholder(name) ? values[name] : whole))

const isPlaceholder = (name: string): name is Placeholder => PLACEHOLDERS.some((known) => known === name)
