import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { KnownError } from '../../errors.ts'
import { nearest } from '../../nearest.ts'
import { type Agent, parseAgent } from './agent.ts'
import { type BuiltinLimits, builtinAgent } from './builtin.ts'

/** The agents that are shipped, by the names of their files. */
export const AGENTS_FOLDER = resolve(import.meta.dirname, '../../../data/agents')

/**
 * Reads an agent as plans name it: `builtin`, one that is shipped, or a file (`./mine.yaml`), relative to `cwd`.
 * @throws KnownError agent-malformed, file-not-found
 */
export async function readAgent(named: string, cwd: string, limits: BuiltinLimits): Promise<Agent> {
  if (named === 'builtin') return builtinAgent(limits)
  if (/[\\/]|\.(ya?ml|json)$/.test(named)) return parseAgent(await textOf(resolve(cwd, named), named), named)
  const shipped = (await readdir(AGENTS_FOLDER)).map((file) => file.replace(/\.yaml$/, ''))
  if (shipped.includes(named)) {
    const file = join(AGENTS_FOLDER, `${named}.yaml`)
    return parseAgent(await textOf(file, file), file)
  }
  const known = ['builtin', ...shipped.toSorted()]
  const meant = nearest(named, known)
  throw new KnownError('agent-malformed', `there is no agent ${JSON.stringify(named)}`, {
    fix: meant === null ? `name a file, or one of ${known.join(', ')}` : `did you mean ${meant}?`,
  })
}

async function textOf(file: string, shown: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    if (error.code === 'ENOENT') throw new KnownError('file-not-found', shown, { cause: error })
    throw new KnownError('file-unreadable', `${shown} (${String(error.code)})`, { cause: error })
  }
}
