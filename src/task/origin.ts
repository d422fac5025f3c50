import { runGit } from './git.ts'
import type { Repository } from './repository.ts'

const HOSTED = /^(?:https?:\/\/[^/]+\/|ssh:\/\/[^/]+\/|[\w.-]+@[\w.-]+:)([\w.-]+\/[\w.-]+?)(?:\.git)?\/?$/

/** `owner/name` of the remote `origin`, as its URL has it; null without one. */
export async function readOrigin(repository: Repository, signal?: AbortSignal): Promise<string | null> {
  const args = ['config', '--get', 'remote.origin.url']
  const url = await runGit({ directory: repository.gitDirectory, args, signal }).catch(() => null)
  signal?.throwIfAborted()
  return url === null ? null : (HOSTED.exec(url.toString('utf8').trim())?.[1] ?? null)
}
