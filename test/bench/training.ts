import { PROGRAM, runNode } from './child.ts'
import { type Finding, findingOf } from './finding.ts'
import { temporaryFolder } from './temporary.ts'

/** `foretoken train` from the shipped tables, once. */
export async function training(): Promise<readonly Finding[]> {
  const folder = temporaryFolder()
  const { ms, stdout } = await runNode([PROGRAM, 'train', '--models', folder], folder)
  const made = stdout.trim().split(': ').at(-1)
  const what = `foretoken train from the shipped tables: ${made}`
  return [findingOf([ms / 1000], { unit: 's', target: null, what })]
}
