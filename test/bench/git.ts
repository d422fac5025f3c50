import { spawnSync } from 'node:child_process'
import { gitEnvironment } from '../../src/task/git-environment.ts'

/** Runs git and returns what it printed, without the last line end. */
export const git = (directory: string, ...args: readonly string[]): string => gitWith(directory, '', ...args)

/** The same, with something to read for git. */
export function gitWith(directory: string, input: string, ...args: readonly string[]): string {
  const run = spawnSync('git', ['-C', directory, ...args], {
    input,
    encoding: 'utf8',
    env: gitEnvironment(process.env),
    maxBuffer: 1 << 28,
  })
  if (run.status !== 0) throw new Error(`git ${args.join(' ')}: ${run.error ?? run.stderr}`)
  return run.stdout.replace(/\n$/, '')
}
