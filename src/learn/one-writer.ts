import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { KnownError } from '../errors.ts'
import { holdIfFree } from '../store/hold-alone.ts'

const TRY_AGAIN_MS = 10
/** What is done alone takes moments: who holds on for longer has come to a halt. */
const MOST_MS = 30_000

/**
 * Does something to a folder of bundles that nobody else does meanwhile, in this process or another; makes the folder.
 * The system lets go of it when the process ends, however that ends.
 * @throws KnownError file-not-written
 */
export async function asOneWriter<Result>(folder: string, work: () => Promise<Result>): Promise<Result> {
  await mkdir(folder, { recursive: true }).catch((cause: unknown) => {
    throw new KnownError('file-not-written', folder, { cause })
  })
  const release = await hold(folder)
  try {
    return await work()
  } finally {
    release()
  }
}

async function hold(folder: string): Promise<() => void> {
  const file = join(folder, '.lock')
  for (let waited = 0; waited <= MOST_MS; waited += TRY_AGAIN_MS) {
    const release = tryHold(file)
    if (release !== null) return release
    await wait(TRY_AGAIN_MS)
  }
  throw new KnownError('file-not-written', `${folder}: another process writes there`, {
    fix: 'wait until it has ended, and try again',
  })
}

function tryHold(file: string): (() => void) | null {
  try {
    return holdIfFree(file)
  } catch (cause) {
    throw new KnownError('file-not-written', file, { cause })
  }
}
