import { spawnSync } from 'node:child_process'

/** What the model is told of the only tool. */
export const BASH = {
  name: 'bash',
  description: 'Runs a command in the repository',
  parameters: {
    type: 'object' as const,
    properties: { command: { type: 'string' } },
    required: ['command'],
  },
}

/** Runs the command that a model asks for, and returns what it printed. */
export function runCommand(input: unknown): string {
  if (
    typeof input !== 'object' ||
    input === null ||
    !('command' in input) ||
    typeof input.command !== 'string'
  ) {
    return 'no command'
  }
  const { stdout, stderr } = spawnSync('bash', ['-c', input.command], { encoding: 'utf8' })
  return stdout + stderr
}
