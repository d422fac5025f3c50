/** Text of others for HTML and SVG, in elements and in attributes: nothing of it is markup, nothing reorders what is read. */
export function escapeMarkup(text: string): string {
  return text
    .toWellFormed()
    .replace(UNSEEN, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
}

/** Controls but tab and line ends, what XML forbids, and the characters that reorder what is read. */
const UNSEEN = /[[\p{Cc}--[\t\n\r]]\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gv
