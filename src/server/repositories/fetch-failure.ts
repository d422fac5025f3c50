import { KnownError } from '../../errors.ts'
import { refused } from './repository-url.ts'

/**
 * What a failed git command means for the caller, in words of our own: what a server says is anybody's text.
 * `what` is the commit or ref that was asked for.
 */
export function fetchFailure(href: string, what: string, complaint: string): KnownError {
  const status = /returned error: (\d{3})/.exec(complaint)?.[1]
  if (status?.startsWith('3') || /redirect/i.test(complaint))
    return refused(
      href,
      'it leads to another address, which is not followed (some servers want .git at the end)',
    )
  if (/not our ref|couldn't find remote ref|no such remote ref/i.test(complaint))
    return noSuchCommit(href, what)
  return new KnownError('repository-failed', `${href}: ${reasonOf(complaint, status)}`)
}

/** A commit or name that is not there. */
export const noSuchCommit = (href: string, what: string): KnownError =>
  new KnownError('commit-not-found', `${JSON.stringify(what)} in ${href}`, {
    fix: 'name a branch, a tag or the whole id of a commit that is there',
  })

function reasonOf(complaint: string, status: string | undefined): string {
  if (/could not read Username|Authentication failed/i.test(complaint))
    return 'there is none that may be read without a login'
  if (status !== undefined) return `the server answered ${status}`
  if (/repository .* not found/i.test(complaint)) return 'there is no such repository'
  if (/SSL|certificate/i.test(complaint)) return 'the certificate of the server is not trusted'
  if (/too slow|timed out|low speed/i.test(complaint)) return 'the server is too slow'
  if (/shallow/i.test(complaint)) return 'the server cannot give a single commit, or is no git server'
  if (/Failed to connect|Couldn't connect|Connection refused/i.test(complaint))
    return 'the server does not answer'
  return 'the server ended early or does not speak as a git server does'
}
