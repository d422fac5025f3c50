import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The command's own users: what it is called, and nobody. */
const PASSWD = 'agent:x:1000:1000::/tmp/home:/bin/sh\nnobody:x:65534:65534::/nonexistent:/bin/false\n'
const GROUP = 'agent:x:1000:\nnogroup:x:65534:\n'
const HOSTS = '127.0.0.1 localhost\n'
const FILES = { passwd: PASSWD, group: GROUP, hosts: HOSTS } as const

export const USER_FILES = Object.keys(FILES) as readonly (keyof typeof FILES)[]

/** Puts the files that tell every sandbox of its users into a folder, which all of them see and none can change. */
export function writeUsers(folder: string): void {
  // Whatever the mask of this process: bubblewrap looks for them as the run's user.
  mkdirSync(folder, { recursive: true })
  chmodSync(folder, 0o755)
  for (const [name, text] of Object.entries(FILES)) {
    const file = join(folder, name)
    if (isThere(file, text)) continue
    const draft = `${file}.${process.pid}`
    writeFileSync(draft, text)
    chmodSync(draft, 0o644)
    renameSync(draft, file)
  }
}

function isThere(file: string, text: string): boolean {
  try {
    return readFileSync(file, 'utf8') === text
  } catch {
    return false // it is written now
  }
}
