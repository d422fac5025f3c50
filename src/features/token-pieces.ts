/**
 * Whether the pieces may be cut otherwise than tiktoken does: scripts that Unicode got, or letters it still gets, of which
 * one of the two may not know yet that they are letters.
 */
export const isOfRareScript = (text: string): boolean => RARE.test(text)

const RARE =
  /\u088f|\u0c5c|\u0cdc|[\u1ac0-\u1aff]|[\u1c80-\u1c8f\ua7c0-\ua7ff\u{10000}-\u{1f000}\u{20000}-\u{10ffff}]/u

/**
 * The pieces of a text that tokens never cross, by the pattern of OpenAI's o200k encoding (tiktoken's `pat_str`). Its
 * `(?i:'s)` also takes the long s; its `\s` is White_Space. Of plain ASCII, which most text is, the same pattern is shorter
 * and several times as fast.
 */
export const tokenPieces = (text: string): readonly string[] =>
  text.match(ASCII_ONLY.test(text) ? ASCII : ANY) ?? []

// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII has them
const ASCII_ONLY = /^[\u0000-\u007f]*$/

const ASCII =
  /[^\r\nA-Za-z0-9]?[A-Z]*[a-z]+(?:'(?:[sStTmMdD]|[rRvV][eE]|[lL][lL]))?|[^\r\nA-Za-z0-9]?[A-Z]+[a-z]*(?:'(?:[sStTmMdD]|[rRvV][eE]|[lL][lL]))?|[0-9]{1,3}| ?[^\sA-Za-z0-9]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+/g

const ANY =
  /[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?:'(?:[sSſtTmMdD]|[rRvV][eE]|[lL][lL]))?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?:'(?:[sSſtTmMdD]|[rRvV][eE]|[lL][lL]))?|\p{N}{1,3}| ?[^\p{White_Space}\p{L}\p{N}]+[\r\n/]*|\p{White_Space}*[\r\n]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu
