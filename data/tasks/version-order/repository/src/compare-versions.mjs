import { parseVersion } from './parse-version.mjs'

const NUMBERS = ['major', 'minor', 'patch']

/** Below 0 when `a` is older, above 0 when it is newer. */
export function compareVersions(a, b) {
  const [left, right] = [parseVersion(a), parseVersion(b)]
  for (const part of NUMBERS) {
    if (left[part] !== right[part]) return left[part] - right[part]
  }
  return comparePreReleases(left.preRelease, right.preRelease)
}

/** A version without a pre-release is newer than one with it. */
function comparePreReleases(left, right) {
  if (left === right) return 0
  if (left === null) return 1
  if (right === null) return -1
  return left < right ? -1 : 1
}
