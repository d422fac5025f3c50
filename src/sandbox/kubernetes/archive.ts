import { execFile } from 'node:child_process'
import { mkdtemp, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { InfraError } from '../local/infra-error.ts'

const execute = promisify(execFile)
const MOST_LISTED_BYTES = 2 ** 30

/** What is to be packed: a folder, by its content, or one file by its name. */
export interface Source {
  readonly folder: string
  /** Null = all of the folder. */
  readonly file: string | null
}

/** Links are followed here, and nowhere below. */
export async function sourceOf(path: string): Promise<Source> {
  const real = await realpath(path)
  const isFolder = (await stat(real)).isDirectory()
  return isFolder ? { folder: real, file: null } : { folder: dirname(real), file: basename(real) }
}

/** Writes an archive of it; gives its size. */
export async function pack({ folder, file }: Source, archive: string): Promise<number> {
  await tar(['-c', '-f', archive, '-C', folder, '--', file === null ? '.' : `./${file}`])
  return (await stat(archive)).size
}

/**
 * Unpacks what came from a sandbox, and is believed in nothing: files belong to who unpacks them and give no rights, and
 * devices are refused. tar(1) itself lets no name and no link lead out of the folder. @throws InfraError for half an archive
 */
export async function unpack(archive: string, folder: string): Promise<void> {
  if (!(await isWhole(archive))) throw new InfraError('an archive from the sandbox came only in part')
  const list = await tar(['-t', '-v', '-f', archive])
  if (/^[bc]/m.test(list)) throw new InfraError('an archive from the sandbox holds devices')
  await tar(['-x', '-f', archive, '-C', folder, '--no-same-owner', '--no-same-permissions'])
}

/** Puts what was unpacked next to it in the place of what is in a folder. */
export async function replaceContent(
  folder: string,
  unpackTo: (fresh: string) => Promise<void>,
): Promise<void> {
  const fresh = await mkdtemp(join(dirname(folder), '.foretoken-'))
  try {
    await unpackTo(fresh)
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true })
    for (const name of await readdir(fresh)) await rename(join(fresh, name), join(folder, name))
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

/** Two blocks of zeros are the end of an archive (POSIX.1-2017, pax); a connection that broke off leaves it without. */
async function isWhole(archive: string): Promise<boolean> {
  const file = await open(archive)
  try {
    const { size } = await file.stat()
    const end = Buffer.alloc(1024, 1)
    await file.read(end, 0, end.length, Math.max(0, size - end.length))
    return end.every((byte) => byte === 0)
  } finally {
    await file.close()
  }
}

async function tar(args: readonly string[]): Promise<string> {
  const options = {
    env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' },
    maxBuffer: MOST_LISTED_BYTES,
  }
  const { stdout } = await execute('tar', args, options).catch((error: Error) => {
    throw new InfraError(`tar: ${error.message}`)
  })
  return stdout
}
