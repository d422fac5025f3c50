import { z } from 'zod'

const TEXT = 'give a text in quotes'
const YES_NO = 'give true or false'

/** Any text of a file that people write. */
export const Text = z.string(TEXT).max(1000, 'give at most 1000 characters')
/** One that is not empty. */
export const Name = Text.trim().min(1, 'give a text that is not empty')
export const Flag = z.boolean(YES_NO)

/** A whole number of something, within bounds. */
export const whole = (what: string, least: number, most: number) => {
  const fix = `give a whole number of ${what} from ${least} to ${most}`
  return z.number(fix).int(fix).min(least, fix).max(most, fix)
}
/** A kibibyte at least. */
export const bytes = (most: number) => whole('bytes', 1024, most)

/** An http address without a credential; what is wrong is told as `fix`. */
export const address = (fix: string) => Name.refine(isAddress, fix)

function isAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}
