import { KnownError } from '../errors.ts'

/** Where the user says the issue is. */
export type IssueReference =
  | { readonly kind: 'stdin' }
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'github'; readonly owner: string; readonly repository: string; readonly number: number }

/** The API that answers for github.com. */
export const GITHUB_API = 'https://api.github.com'

/**
 * Parses `-`, a GitHub issue or pull request URL, `owner/repo#n`, or else a file name. URLs must be of the web host
 * that belongs to the API (`https://HOST/api/v3` for GitHub Enterprise), so that no other host's issue is fetched.
 * @throws KnownError `issue-reference`
 */
export function parseIssueReference(text: string, githubApi: string = GITHUB_API): IssueReference {
  if (text === '-') return { kind: 'stdin' }
  if (/^https?:\/\//i.test(text)) return parseUrl(text, githubApi)
  const [, owner = '', repository = '', number = ''] = SHORT.exec(text) ?? []
  if (owner !== '') return githubReference(owner, repository, number, text)
  if (text.trim() === '') throw new KnownError('issue-reference', 'an empty name')
  return { kind: 'file', path: text }
}

const SHORT = /^([A-Za-z0-9][A-Za-z0-9_-]{0,38})\/([\w.-]{1,100})#(\d{1,12})$/
const PATH = /^\/([A-Za-z0-9][A-Za-z0-9_-]{0,38})\/([\w.-]{1,100})\/(?:issues|pulls?)\/(\d{1,12})(?:\/.*)?$/

function parseUrl(text: string, githubApi: string): IssueReference {
  if (!URL.canParse(text)) throw new KnownError('issue-reference', text)
  const url = new URL(text)
  const hosts = webHosts(githubApi)
  if (!hosts.includes(url.host.toLowerCase())) {
    throw new KnownError(
      'issue-reference',
      `${text} is not on ${hosts[0]}, which the API ${githubApi} serves`,
      {
        fix: 'give an issue of that host, or set --github-api to the API of the other',
      },
    )
  }
  const [, owner = '', repository = '', number = ''] = PATH.exec(url.pathname) ?? []
  if (owner === '')
    throw new KnownError('issue-reference', `${text} is not the address of an issue or pull request`)
  return githubReference(owner, repository, number, text)
}

function githubReference(owner: string, repository: string, number: string, text: string): IssueReference {
  if (repository === '.' || repository === '..') throw new KnownError('issue-reference', text)
  if (Number(number) < 1) throw new KnownError('issue-reference', `${text}: issues count from 1`)
  return { kind: 'github', owner, repository, number: Number(number) }
}

/** Web hosts whose issues an API serves; a base that is not of GitHub Enterprise may be a proxy of github.com. */
function webHosts(githubApi: string): readonly string[] {
  const api = new URL(githubApi)
  const github = ['github.com', 'www.github.com']
  if (api.host === 'api.github.com') return github
  if (api.pathname.startsWith('/api/v3')) return [api.host]
  if (api.host.endsWith('.ghe.com')) return [api.host.replace(/^api\./, '')]
  return [api.host, ...github]
}
