/**
 * Splits a row into its fields. Quotes around a field are taken off, doubled quotes within it are one.
 * @param {string} row
 * @param {string} separator
 * @returns {string[]}
 */
export function splitFields(row, separator) {
  const fields = []
  let field = ''
  let quoted = false
  for (let at = 0; at < row.length; at++) {
    const char = row[at]
    if (quoted && char === '"' && row[at + 1] === '"') {
      field += '"'
      at++
    } else if (char === '"' && (quoted || field === '')) {
      quoted = !quoted
    } else if (char === separator && !quoted) {
      fields.push(field)
      field = ''
    } else {
      field += char
    }
  }
  return [...fields, field]
}
