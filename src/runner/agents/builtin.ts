import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Agent } from './agent.ts'

/** What a run of the built-in agent may take; null = no limit of its own. */
export interface BuiltinLimits {
  readonly steps: number | null
  readonly tokens: number | null
  readonly usd: number | null
  readonly seconds: number | null
  /** Dollars per million tokens, for the limit in dollars; null = unknown. */
  readonly prices: { readonly input: number; readonly output: number } | null
}

export const NO_LIMITS: BuiltinLimits = { steps: null, tokens: null, usd: null, seconds: null, prices: null }

/** The program of the built-in agent: one file, and the `openai` package. */
export const BUILTIN_PROGRAM = join(import.meta.dirname, `builtin-agent${extname(import.meta.filename)}`)

/** Where the agent and its only package lie, and where they are to lie in a sandbox, beside each other. */
export function builtinParts(folder: string): readonly { readonly from: string; readonly to: string }[] {
  // As a module wherever it lies, without a package.json beside it.
  const name = basename(BUILTIN_PROGRAM).replace(/\.(?=[jt]s$)/, '.m')
  const openai = dirname(fileURLToPath(import.meta.resolve('openai')))
  return [
    { from: BUILTIN_PROGRAM, to: join(folder, name) },
    { from: openai, to: join(folder, 'node_modules', 'openai') },
  ]
}

/** The built-in agent, as agents described in a file are; `program`, `node` = where they lie in the sandbox. */
export function builtinAgent(
  limits: BuiltinLimits,
  { program = BUILTIN_PROGRAM, node = 'node' }: { readonly program?: string; readonly node?: string } = {},
): Agent {
  const flags: Readonly<Record<string, number | null>> = {
    '--max-steps': limits.steps,
    '--max-tokens': limits.tokens,
    '--max-usd': limits.usd,
    '--max-seconds': limits.seconds,
    '--input-usd-per-million': limits.prices?.input ?? null,
    '--output-usd-per-million': limits.prices?.output ?? null,
  }
  const given = Object.entries(flags).flatMap(([flag, value]) =>
    value === null ? [] : [flag, String(value)],
  )
  return {
    name: 'builtin',
    version: null,
    command: [
      ...[node, program, '--issue', '{issue_file}', '--workspace', '{workspace}'],
      ...['--results', '{home}/results', '--model', '{model}', ...given],
    ],
    env: {},
    files: [],
    mounts: [],
    transcript: { kind: 'file', path: '{home}/results/transcript.jsonl' },
  }
}
