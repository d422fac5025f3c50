import { KnownError } from '../errors.ts'
import { runGit } from './git.ts'
import type { Repository } from './repository.ts'

/** One file of a commit; submodules and symbolic links are not files. */
export interface TreeFile {
  /** Path from the top of the repository, with `/`. */
  readonly path: string
  /** Object id of the content. */
  readonly blob: string
}

const REGULAR_FILES = new Set(['100644', '100755', '100664'])

/** Lists the regular files of a commit, without reading or following anything in the work tree. */
export async function listTree(repository: Repository, signal?: AbortSignal): Promise<readonly TreeFile[]> {
  const args = ['ls-tree', '-r', '-z', repository.tree]
  const listing = (await runGit({ directory: repository.gitDirectory, args, signal })).toString('utf8')
  const files: TreeFile[] = []
  for (const entry of listing.split('\0')) {
    if (entry !== '') addFile(files, entry)
  }
  return files
}

/** Reads `<mode> <type> <id>\t<path>`, the form of git-ls-tree(1). */
function addFile(files: TreeFile[], entry: string): void {
  const tab = entry.indexOf('\t')
  if (tab < 0) throw new KnownError('git-failed', `ls-tree printed ${JSON.stringify(entry.slice(0, 80))}`)
  if (!REGULAR_FILES.has(entry.slice(0, 6))) return
  files.push({ path: entry.slice(tab + 1), blob: entry.slice(entry.lastIndexOf(' ', tab) + 1, tab) })
}
