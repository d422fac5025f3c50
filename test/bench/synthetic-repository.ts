import { join } from 'node:path'
import { type Random, seededRandom } from '../../src/regress/random.ts'
import { git, gitWith } from './git.ts'
import { definition, type SyntheticFile, syntheticFile } from './synthetic-code.ts'
import { temporaryFolder } from './temporary.ts'
import { Words } from './words.ts'

const FILES = 2500
const COMMITS = 300
const FIRST_COMMIT_AT = 1_700_000_000

/** Makes a bare repository of 2,500 source files and 300 commits, packed as after `git gc`; returns its path. */
export function syntheticRepository({ seed = 1, commits = COMMITS } = {}): string {
  const random = seededRandom(seed)
  const words = new Words(random)
  const folders = Array.from({ length: 60 }, () => words.snake())
  const files = Array.from({ length: FILES }, (_, number) =>
    syntheticFile(number, folders[random.integer(folders.length)] ?? 'core', random, words),
  )
  const stream = [commit(0, 'Begin', files)]
  for (let number = 1; number < commits; number++) {
    stream.push(commit(number, `Fixed #${number} -- ${words.sentence()}`, changed(files, random)))
  }
  const path = join(temporaryFolder(), 'repository.git')
  git('.', 'init', '--quiet', '--bare', '--initial-branch=main', path)
  gitWith(path, stream.join(''), 'fast-import', '--quiet')
  // fast-import makes each blob a delta of the one before it, whatever that was: gc would keep these, so they go first.
  git(path, 'repack', '-a', '-d', '-f', '--quiet')
  git(path, 'gc', '--quiet')
  return path
}

/** Gives one to five files a new definition in place of an old one. */
function changed(files: readonly SyntheticFile[], random: Random): readonly SyntheticFile[] {
  const chosen = new Set(
    Array.from({ length: 1 + random.integer(5) }, () => files[random.integer(files.length)] as SyntheticFile),
  )
  for (const { blocks, language, words } of chosen) {
    blocks[1 + random.integer(blocks.length - 1)] = definition(language, words, random)
  }
  return [...chosen]
}

/** The commands of git-fast-import(1) for one commit; all text is ASCII. */
function commit(number: number, message: string, files: readonly SyntheticFile[]): string {
  const person = `A U Thor <author@example.com> ${FIRST_COMMIT_AT + number * 3600} +0000`
  const head = `commit refs/heads/main\nmark :${number + 1}\ncommitter ${person}\n${data(message)}`
  const parent = number === 0 ? '' : `from :${number}\n`
  const changes = files.map(({ path, blocks }) => `M 100644 inline ${path}\n${data(blocks.join(''))}`)
  return `${head}${parent}${changes.join('')}`
}

const data = (content: string): string => `data ${content.length}\n${content}\n`
