import { KnownError } from '../../errors.ts'

/** The whole id of a commit, SHA-1 or SHA-256. */
export const isCommitId = (name: string): boolean => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(name)

/** Ids, branches and tags (git-check-ref-format(1), and less): no options, ranges, searches or patterns. */
const NAME = /^[A-Za-z0-9][\w.+@/-]{0,199}$/
const ODD = /\.\.|\/\/|\/\.|@\{|\.lock(?:\/|$)|[./]$/

/** @throws KnownError `commit-not-found` for what cannot be the name of one */
export function checkCommitName(name: string): void {
  if (NAME.test(name) && !ODD.test(name)) return
  throw new KnownError('commit-not-found', `${JSON.stringify(name.slice(0, 100))} is no name of a commit`, {
    fix: 'name a branch, a tag or the whole id of a commit',
  })
}
