import { createHash, randomBytes } from 'node:crypto'

/**
 * A key as people hold it: `ftk_<id>_<secret>`. The beginning, and its fixed length, let scanners for leaked secrets
 * find it; the id, which is no secret, lets records and people tell keys apart.
 */
export interface ApiKeyText {
  readonly id: string
  readonly secret: string
}

/** 12 characters of 5 bits: ids are told apart, not guarded. */
const ID_CHARS = 12
const SECRET_BYTES = 32

/** A key of 256 random bits that nobody can guess. */
export function newApiKeyText(): ApiKeyText {
  // 256 is a multiple of 32, so that each character is as likely as the others.
  const id = Array.from(randomBytes(ID_CHARS), (byte) => ALPHABET[byte % ALPHABET.length]).join('')
  return { id, secret: randomBytes(SECRET_BYTES).toString('base64url') }
}

/** Crockford's base 32: nothing in it is mistaken for something else when it is read out. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'

export const writeApiKey = ({ id, secret }: ApiKeyText): string => `ftk_${id}_${secret}`

/** Null = not the text of a key. */
export function parseApiKey(text: string): ApiKeyText | null {
  const [, id, secret] = FORM.exec(text) ?? []
  return id === undefined || secret === undefined ? null : { id, secret }
}

const FORM = /^ftk_([0-9a-hjkmnp-tv-z]{12})_([\w-]{43})$/

/**
 * What the store holds of a secret. A plain SHA-256 is enough, where a password would need a slow, salted hash: nobody
 * can try 2^256 secrets, nor keep a table of them; and it costs nothing on each request.
 */
export const hashOfSecret = (secret: string): Buffer => createHash('sha256').update(secret).digest()

/** A text without any key of ours, also those of runs at the gateway: for what is written down. */
export const withoutApiKeys = (text: string): string => text.replace(/ftk_[\w-]{8,}/g, 'ftk_…')
