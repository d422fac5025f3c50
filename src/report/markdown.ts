/** Text of others, shown as it is: no markup, no HTML, no mention, no line break takes effect. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]#|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('@', '@\u200b')
    .replace(/^ ?([-+>=])/, '\\$1')
    .replace(/^( ?\d+)([.)])/, '$1\\$2')
}
