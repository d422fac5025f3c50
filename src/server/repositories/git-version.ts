import { KnownError } from '../../errors.ts'
import { runFetchGit } from './fetch-git.ts'

/** Since 2.37 git can be told the address of a host: before, a host could move while it is being checked. */
const LEAST = [2, 37] as const

/** @throws KnownError `repository-failed` where git is older; `git-missing` */
export async function checkGitVersion(directory: string, signal: AbortSignal): Promise<void> {
  const { printed } = await runFetchGit({ directory, args: ['version'], place: null, signal })
  if (isPinnable(printed)) return
  throw new KnownError('repository-failed', `"${printed.trim()}" cannot be held to the addresses checked`, {
    fix: `install git ${LEAST.join('.')} or newer where the service runs`,
  })
}

/** Whether this answer of `git version` is of one that can be held to addresses. */
export function isPinnable(version: string): boolean {
  const [, major, minor] = /^git version (\d+)\.(\d+)/.exec(version) ?? []
  const [leastMajor, leastMinor] = LEAST
  return Number(major) > leastMajor || (Number(major) === leastMajor && Number(minor) >= leastMinor)
}
