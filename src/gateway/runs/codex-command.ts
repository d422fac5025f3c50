import { basename } from 'node:path'

/**
 * Where the settings of Codex are to stand in the words of a command: behind the word that names it. Null = the command
 * is not Codex, or a shell or script that hides it. It is found by its name (`codex`, a path to it), as a script of
 * Node's (`node …/codex.js`), as a package (`npx @openai/codex`), and behind programs that start others (`env A=1`,
 * `timeout 600`).
 */
export function codexIn(words: readonly string[]): number | null {
  const [program, ...rest] = words
  if (program === undefined) return null
  const name = basename(program).replace(/\.(exe|cmd)$/i, '')
  if (name === 'codex') return 1
  const skip = STARTERS[name]?.(rest)
  if (skip === undefined) return null
  const started = rest[skip]
  if (started === undefined) return null
  if (PACKAGES.has(name) ? PACKAGE.test(started) : name === 'node' && SCRIPT.test(started)) return skip + 2
  const inner = codexIn(rest.slice(skip))
  return inner === null ? null : 1 + skip + inner
}

const PACKAGE = /^@openai\/codex(?:@[\w.^~-]+)?$|^codex$/
const SCRIPT = /(?:^|[\\/])codex(?:\.m?js)?$/

/** Programs that run what a package brings. */
const PACKAGES = new Set(['npx', 'bunx', 'pnpx', 'pnpm', 'yarn', 'npm'])

type Skip = (rest: readonly string[]) => number

/** How many words stand between programs that start others and what they start. */
const STARTERS: Readonly<Record<string, Skip>> = {
  npx: (rest) => options(rest, ['-p', '--package', '-w', '--workspace']),
  bunx: (rest) => options(rest, ['-p', '--package']),
  pnpx: (rest) => options(rest, ['--package']),
  pnpm: (rest) => behind(rest, ['exec', 'dlx']),
  yarn: (rest) => behind(rest, ['exec', 'dlx', 'run']),
  // Behind `--` only: before it, npm takes options for its own.
  npm: (rest) =>
    ['exec', 'x'].includes(rest[0] ?? '') ? rest.indexOf('--') + 1 || rest.length : rest.length,
  node: (rest) => options(rest, ['-r', '--require', '--import', '-C', '--conditions']),
  env: (rest) => {
    const at = options(rest, ['-u', '--unset', '-C', '--chdir'])
    const program = rest.findIndex((word, i) => i >= at && !/^\w+=/.test(word))
    return program < 0 ? rest.length : program
  },
  timeout: (rest) => options(rest, ['-k', '--kill-after', '-s', '--signal']) + 1,
  nice: (rest) => options(rest, ['-n', '--adjustment']),
  nohup: (rest) => options(rest, []),
  time: (rest) => options(rest, ['-f', '-o']),
}

/** How many words are options, or the values of those that take one. */
function options(rest: readonly string[], withValue: readonly string[]): number {
  let at = 0
  while (rest[at]?.startsWith('-')) {
    if (rest[at] === '--') return at + 1
    at += withValue.includes(rest[at] ?? '') ? 2 : 1
  }
  return at
}

const behind = (rest: readonly string[], verbs: readonly string[]): number =>
  verbs.includes(rest[0] ?? '') ? 1 + options(rest.slice(1), ['--package']) : options(rest, [])
