/** File names and folders that hang together. */
const RUN = /[\w.-]+(?:\/[\w.-]+)*/g
/** The end of a file name; something stands before its dot. */
const EXTENSION =
  /(?<=[\w.-])\.(?:py|pyi|pyx|js|jsx|ts|tsx|java|kt|go|rs|c|h|cc|cpp|hpp|cs|rb|php|rst|md|cfg|toml|ini|html|css|json|ya?ml)\b/g

/** More folders or longer names are no path that a person or a program has written. */
const MAX_FOLDERS = 12
const MAX_NAME = 80

/** The file paths in a line of text, each as far as its last file name; in time linear in the line's length. */
export function pathsIn(line: string): readonly string[] {
  const paths: string[] = []
  if (!line.includes('.')) return paths
  for (const [run] of line.matchAll(RUN)) {
    const last = run.includes('.') ? [...run.matchAll(EXTENSION)].at(-1) : undefined
    if (last) paths.push(withoutExcess(run.slice(0, last.index + last[0].length)))
  }
  return paths
}

/** Keeps the end of a path that is too deep, and of a name that is too long. */
function withoutExcess(path: string): string {
  const names = path.split('/').slice(-1 - MAX_FOLDERS)
  const long = names.findLastIndex((name) => name.length > MAX_NAME)
  return long < 0 ? names.join('/') : [names[long]?.slice(-MAX_NAME), ...names.slice(long + 1)].join('/')
}
