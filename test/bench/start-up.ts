import { PROGRAM, runNode } from './child.ts'
import { type Finding, ratioOf } from './finding.ts'
import { inTurn } from './rounds.ts'
import { temporaryFolder } from './temporary.ts'

const ROUNDS = 40

/** The whole program printing its help, against Node doing nothing. */
export async function startUp(): Promise<readonly Finding[]> {
  const folder = temporaryFolder()
  const { a, b } = await inTurn(
    ROUNDS,
    async () => (await runNode([PROGRAM, '--help'], folder)).ms,
    async () => (await runNode(['-e', '0'], folder)).ms,
  )
  return [
    ratioOf(a, b, {
      target: 2,
      what: (ours, theirs) => `whole process foretoken --help: ${ours}, against node -e 0: ${theirs}`,
    }),
  ]
}
