import { KnownError } from '../../errors.ts'
import { storeFailure } from '../../store/store-failure.ts'

/** Why a file could not be written, as users are told; null = it was. A bug is thrown on. */
export function troubleOf(work: () => void, file: string): string | null {
  try {
    work()
    return null
  } catch (error) {
    const failure = storeFailure(error, file)
    if (failure instanceof KnownError) return failure.message
    throw failure
  }
}
