import { readFile } from 'node:fs/promises'
import { fileFailure } from '../trajectory/file-failure.ts'

/** The text of a file that has to be UTF-8; null = it is not. @throws KnownError file-not-found, file-unreadable */
export async function readUtf8File(path: string, shown: string): Promise<string | null> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path))
  } catch (error) {
    if (error instanceof TypeError) return null
    throw fileFailure(error, shown)
  }
}

/** The text of a file; `shown` = what messages call it. @throws KnownError file-not-found, file-unreadable */
export async function readTextFile(path: string, shown: string = path): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw fileFailure(error, shown)
  }
}
