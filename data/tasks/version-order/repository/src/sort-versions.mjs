import { compareVersions } from './compare-versions.mjs'

/** Oldest first. */
export const sortVersions = (versions) => [...versions].sort(compareVersions)
