const VERSION = /^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/

/** The parts of a version; `preRelease` and `build` are null where there is none. */
export function parseVersion(text) {
  const found = VERSION.exec(text.trim())
  if (found === null) throw new TypeError(`Not a version: ${text}`)
  const [, major, minor, patch, preRelease = null, build = null] = found
  return { major: Number(major), minor: Number(minor), patch: Number(patch), preRelease, build }
}
