/** The keys and values before the text, each value a list; none, and the whole text, when there is no front matter. */
export interface FrontMatter {
  readonly fields: ReadonlyMap<string, readonly string[]>
  readonly rest: string
}

/** A front matter is looked for within this many lines. */
const LONGEST = 100

/**
 * Splits off a front matter between two `---` lines. Of YAML it knows `key: value`, `key: [a, b]`, `- item` lines,
 * quotes and comments. A block with any other line is a part of the text, such as a horizontal rule.
 */
export function frontMatter(text: string): FrontMatter {
  const none = { fields: new Map(), rest: text }
  if (!/^---[ \t]*\n/.test(text)) return none
  const lines = text.split('\n', LONGEST)
  const end = lines.findIndex((line, index) => index > 0 && line.trimEnd() === '---')
  if (end < 2) return none
  const block = lines.slice(1, end)
  const fields = parseFields(block)
  if (fields === null) return none
  const rest = text.slice(lines.slice(0, end + 1).join('\n').length + 1)
  return { fields, rest }
}

function parseFields(lines: readonly string[]): Map<string, string[]> | null {
  const fields = new Map<string, string[]>()
  let current: string[] | null = null
  for (const line of lines) {
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const [, item] = /^[ \t]*-[ \t]+(.*)$/.exec(line) ?? []
    const [, key, value = ''] = /^([A-Za-z_][\w-]*)[ \t]*:(?:[ \t](.*))?$/.exec(line) ?? []
    if (item !== undefined && current !== null) {
      current.push(unquote(item))
    } else if (key !== undefined) {
      current = values(key.toLowerCase(), value)
      fields.set(key.toLowerCase(), current)
    } else {
      return null
    }
  }
  return fields.size === 0 ? null : fields
}

/** Keys whose value is a list, with or without brackets: `labels: bug, tests`. */
const LISTS = new Set(['labels', 'model', 'models'])

function values(key: string, text: string): string[] {
  const value = text.trim()
  if (value === '') return []
  if (!LISTS.has(key)) return [unquote(value)]
  const inner = value.startsWith('[') && value.endsWith(']') ? value.slice(1, -1) : value
  return inner
    .split(',')
    .map(unquote)
    .filter((item) => item !== '')
}

function unquote(text: string): string {
  const value = text.trim()
  const quote = value[0]
  const quoted = value.length > 1 && (quote === '"' || quote === "'") && value.endsWith(quote)
  return quoted ? value.slice(1, -1) : value
}
