import type { App } from '../app.ts'
import type { Settings } from '../settings.ts'
import type { GithubAccess } from '../task/github-request.ts'

/**
 * How GitHub is reached with these settings. The token goes only to an API that the user chose: foretoken.json lies in
 * a working folder that may be anybody's, so a base from there is asked without it.
 */
export function githubAccess(app: App, settings: Settings): GithubAccess {
  const { value: api, origin } = settings.githubApi
  return { api, signal: app.signal, token: origin === 'file' ? undefined : app.env.GITHUB_TOKEN }
}
