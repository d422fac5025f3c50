import { parseVersion } from './parse-version.mjs'
import { sortVersions } from './sort-versions.mjs'

/** The newest version; null = there is none. */
export function latest(versions, { preReleases = true } = {}) {
  const asked = preReleases ? versions : versions.filter((text) => parseVersion(text).preRelease === null)
  return sortVersions(asked).at(-1) ?? null
}
