/** Makes text from outside safe to show on a terminal: control characters, but not line ends and tabs, become visible. */
export function showSafely(text: string): string {
  // C0 but tab and line feed, DEL, C1, and the characters that reorder what is read.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
