import { splitFields } from './split-fields.mjs'

/**
 * Parses CSV with a header.
 * @param {string} text
 * @param {{ separator?: string }} [options]
 * @returns {Record<string, string>[]}
 */
export function parseCsv(text, { separator = ',' } = {}) {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line !== '')
  const [header, ...rows] = lines.map((line) => splitFields(line, separator))
  if (header === undefined) return []
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])))
}
