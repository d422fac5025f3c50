import { readFile } from 'node:fs/promises'
import { fileFailure } from '../trajectory/file-failure.ts'

/** The text of a file; `shown` = what messages call it. @throws KnownError file-not-found, file-unreadable */
export async function readTextFile(path: string, shown: string = path): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw fileFailure(error, shown)
  }
}
