import { escapeMarkup } from '../../report/report-escape.ts'

/** A piece of a page: the only thing that is written into one as it stands. */
export interface Markup {
  readonly markup: string
}

/** What may stand in a template: text, which is escaped; pieces; lists of both; nothing. */
export type Content = string | number | Markup | readonly Content[] | null | undefined | false

/**
 * A piece of HTML or SVG. Whatever is put into it is text, in elements and in quoted attributes, unless it was made here
 * too: markup of others cannot come in by being forgotten.
 * @example html`<td title="${name}">${name}</td>`
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  const markup = parts.reduce((page, part, i) => page + textOf(contents[i - 1]) + part)
  return { markup }
}

function textOf(content: Content): string {
  if (content === null || content === undefined || content === false) return ''
  if (typeof content === 'string') return escapeMarkup(content)
  if (typeof content === 'number') return String(content)
  return 'markup' in content ? content.markup : content.map(textOf).join('')
}
