import { isAbsolute } from 'node:path'
import { KnownError } from '../../errors.ts'
import { FetchedRepositories, type FetchOptions } from './fetched-repositories.ts'
import { openRegistered } from './registered-repository.ts'
import type { AskedRepository, ServedRepositories } from './served-repository.ts'

/** Which repositories the service reads. */
export interface ServedRepositoriesOptions extends FetchOptions {
  /** By `owner/name`: the absolute path of a work tree or a bare repository on the server. */
  readonly registered: Readonly<Record<string, string>>
}

/**
 * Opens the repositories of the service. A caller names one that is registered, or sends an address that is allowed; never
 * a path of the server.
 * @throws KnownError `service-malformed`, `file-not-written`
 */
export async function openServedRepositories(
  options: ServedRepositoriesOptions,
): Promise<ServedRepositories> {
  const registered = new Map(Object.entries(options.registered))
  for (const [name, path] of registered) checkRegistered(name, path)
  const fetched = await FetchedRepositories.open(options)
  return {
    async resolve(asked, signal) {
      signal.throwIfAborted()
      const { name, url, commit } = asked
      if (name !== null) checkName(name)
      if (url !== null) return fetched.resolve({ name, url, commit }, signal)
      const path = name === null ? undefined : registered.get(name)
      return name === null || path === undefined
        ? unread(asked)
        : openRegistered({ name, path }, commit, signal)
    },
    close: () => fetched.close(),
  }
}

const LONGEST_NAME = 200

function checkName(name: string): void {
  if (name.length <= LONGEST_NAME && /^[^\s/\p{Cc}]+(?:\/[^\s/\p{Cc}]+)+$/u.test(name)) return
  const shown = JSON.stringify(name.slice(0, LONGEST_NAME))
  throw new KnownError('repository-refused', `${shown} is no name of a repository`, {
    fix: 'write it as owner/name',
  })
}

function checkRegistered(name: string, path: string): void {
  if (isAbsolute(path) && /^[^\s/]+(?:\/[^\s/]+)+$/.test(name)) return
  throw new KnownError('service-malformed', `the registered repository ${JSON.stringify(name)}: ${path}`, {
    fix: 'give each a name of the form owner/name and an absolute path',
  })
}

/** A name alone says which repository it is, not where. */
function unread({ name, commit }: AskedRepository) {
  if (commit !== null)
    throw new KnownError(
      'repository-refused',
      `${name ?? 'no repository'} is not registered: no commit is read`,
    )
  return { path: null, name, commit: null, release: () => {} }
}
