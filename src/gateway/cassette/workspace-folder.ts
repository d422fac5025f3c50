import { isObject } from './canonical-json.ts'
import { literalPattern } from './literal-pattern.ts'

/** How agents tell a model where they work: `Working directory: /srv/app`, `<cwd>/srv/app</cwd>`, `PWD=/repo`. */
const TOLD =
  /\b(?:(?:working|current|workspace|project) (?:directory|folder|root)|workspace|workdir|cwd|PWD)\b["'`*]{0,3}(?: is|:|=|>){1,2}["'`* ]{0,4}((?:\/[\w.@+-]+)+|[A-Za-z]:(?:[\\/]{1,4}[\w.@+-]+)+)/i

/** Folders of the system, which no work is done in. */
const SYSTEM = /^\/(?:usr|etc|bin|sbin|lib|lib64|opt|var|tmp|home|Users|root|dev|proc|sys|mnt|private)$/

/** The folder that a request says the agent works in: the first one told; null = none. */
export function workspaceFolder(body: unknown): string | null {
  if (typeof body === 'string') {
    const folder = TOLD.exec(body)?.[1]?.replace(/\.$/, '') ?? null
    return folder === null || SYSTEM.test(folder) ? null : folder
  }
  const items = Array.isArray(body) ? body : isObject(body) ? Object.values(body) : []
  for (const item of items) {
    const found = workspaceFolder(item)
    if (found !== null) return found
  }
  return null
}

/** Finds a folder in texts as it is, and as names of other folders are made of it (`/a/b` as `-a-b`). */
export function folderPattern(folder: string): RegExp {
  const forms = [folder, folder.replace(/[^A-Za-z0-9]/g, '-')].map(literalPattern)
  return new RegExp(String.raw`(?:/private)?(?:${forms.join('|')})(?![\w-])`, 'g')
}
