import { readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { KnownError } from '../../errors.ts'
import { nearest } from '../../nearest.ts'
import { readTextFile } from '../text-file.ts'
import { type Agent, parseAgent } from './agent.ts'

/** The agents that are shipped, by the names of their files. */
export const AGENTS_FOLDER = resolve(import.meta.dirname, '../../../data/agents')

/**
 * Reads an agent as plans name it: `builtin`, one that is shipped, or a file (`./mine.yaml`), relative to `cwd`.
 * @param builtin the built-in one, as it is to be run
 * @throws KnownError agent-malformed, file-not-found, file-unreadable
 */
export async function readAgent(named: string, cwd: string, builtin: Agent): Promise<Agent> {
  if (named === 'builtin') return builtin
  if (/[\\/]|\.(ya?ml|json)$/.test(named))
    return parseAgent(await readTextFile(resolve(cwd, named), named), named)
  const shipped = (await readdir(AGENTS_FOLDER)).map((file) => file.replace(/\.yaml$/, ''))
  if (shipped.includes(named)) {
    const file = join(AGENTS_FOLDER, `${named}.yaml`)
    return parseAgent(await readTextFile(file), file)
  }
  const known = ['builtin', ...shipped.toSorted()]
  const meant = nearest(named, known)
  throw new KnownError('agent-malformed', `there is no agent ${JSON.stringify(named)}`, {
    fix: meant === null ? `name a file, or one of ${known.join(', ')}` : `did you mean ${meant}?`,
  })
}
