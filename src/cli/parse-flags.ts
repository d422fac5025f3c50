import type { z } from 'zod'
import { KnownError } from '../errors.ts'

/** Checks the options of a command. @throws KnownError `usage`, naming the flag, its value and what is wrong */
export function parseFlags<T>(schema: z.ZodType<T>, options: Readonly<Record<string, unknown>>): T {
  const parsed = schema.safeParse(options)
  if (parsed.success) return parsed.data
  const wrong = parsed.error.issues[0]
  const name = String(wrong?.path[0])
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  throw new KnownError('usage', `--${flag} ${JSON.stringify(options[name])}: ${wrong?.message}`)
}
