/**
 * Writes records as CSV; the fields are those of the first.
 * @param {Record<string, string>[]} records
 * @param {{ separator?: string }} [options]
 * @returns {string}
 */
export function formatCsv(records, { separator = ',' } = {}) {
  const [first] = records
  if (first === undefined) return ''
  const names = Object.keys(first)
  const rows = [names, ...records.map((record) => names.map((name) => record[name] ?? ''))]
  return rows.map((row) => `${row.map((field) => quoted(field, separator)).join(separator)}\n`).join('')
}

function quoted(field, separator) {
  const special = field.includes('"') || field.includes('\n') || field.includes('\r') || field.includes(separator)
  return special ? `"${field.replaceAll('"', '""')}"` : field
}
