import { KnownError, type Problem } from '../../errors.ts'
import { nearest } from '../../nearest.ts'
import type { ReadOnlyMount } from '../../sandbox/sandbox.ts'
import { problemAt, shapeProblems, valueAt } from '../file-problems.ts'
import { type PlanPath, type PlanText, readPlanText } from '../plan-text.ts'
import { AgentFile } from './agent-file.ts'
import { PLACEHOLDERS, unknownPlaceholders } from './placeholders.ts'

/** How an agent is started; texts have their names in braces still. */
export interface Agent {
  readonly name: string
  /** The command that prints its version; null = none does. */
  readonly version: readonly string[] | null
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly files: readonly { readonly path: string; readonly content: string }[]
  /** What it needs of this machine beside the system's programs, such as a folder that it is installed in. */
  readonly mounts: readonly ReadOnlyMount[]
  /** Where it tells what it did; null = nowhere. */
  readonly transcript: Transcript | null
}

export type Transcript =
  | { readonly kind: 'stdout' }
  /** A path, or a pattern of paths. */
  | { readonly kind: 'file'; readonly path: string }

/**
 * Parses the text of an agent, YAML or JSON.
 * @throws KnownError agent-malformed, with every problem, its JSON pointer, line and fix
 */
export function parseAgent(text: string, file: string): Agent {
  const source = readPlanText(text)
  const problems = source.syntax.length > 0 ? source.syntax : [...source.keys, ...agentProblems(source)]
  if (problems.length > 0) throw malformed(file, problems)
  const { name, version, command, env, files, mounts, transcript } = AgentFile.parse(source.value)
  return {
    name,
    version: version ?? null,
    command,
    env: env ?? {},
    files: files ?? [],
    mounts: (mounts ?? []).map((folder) => ({ source: folder, target: folder })),
    transcript: transcriptOf(transcript),
  }
}

function transcriptOf(said: AgentFile['transcript']): Transcript | null {
  if (said === undefined) return null
  return said.file === undefined ? { kind: 'stdout' } : { kind: 'file', path: said.file }
}

const agentProblems = (source: PlanText): readonly Problem[] => [
  ...shapeProblems(AgentFile, source),
  ...textsIn(source.value, []).flatMap(({ path, text }) => placeholderProblems(source, path, text)),
  ...issueProblems(source),
  ...transcriptProblems(source),
]

function placeholderProblems(source: PlanText, path: PlanPath, text: string): readonly Problem[] {
  return unknownPlaceholders(text).map((name) => {
    const meant = nearest(name, PLACEHOLDERS)
    const fix = meant === null ? `choose from {${PLACEHOLDERS.join('}, {')}}` : `did you mean {${meant}}?`
    return problemAt(source, path, { found: `{${name}} stands for nothing`, fix })
  })
}

/** An agent that is not told its task cannot do it. */
function issueProblems(source: PlanText): readonly Problem[] {
  const command = valueAt(source.value, ['command'])
  if (!Array.isArray(command)) return []
  const texts = ['command', 'env', 'files'].flatMap((key) => textsIn(valueAt(source.value, [key]), []))
  if (texts.some(({ text }) => /\{issue(_file)?\}/.test(text))) return []
  return [
    problemAt(source, ['command'], {
      found: 'a command without the issue',
      fix: 'put {issue} or {issue_file} into it',
    }),
  ]
}

function transcriptProblems(source: PlanText): readonly Problem[] {
  const told = ['file', 'stdout'].filter((key) => valueAt(source.value, ['transcript', key]) !== undefined)
  const said = valueAt(source.value, ['transcript'])
  if (typeof said !== 'object' || said === null || told.length === 1) return []
  return told.length === 0
    ? [problemAt(source, ['transcript'], { found: 'a transcript nowhere', fix: 'give file or stdout' })]
    : [
        problemAt(source, ['transcript', 'stdout'], {
          found: 'file is there too',
          fix: 'keep one of the two',
        }),
      ]
}

/** Every text in a value, with its place. */
function textsIn(
  value: unknown,
  path: PlanPath,
): readonly { readonly path: PlanPath; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }]
  if (typeof value !== 'object' || value === null) return []
  const members = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return members.flatMap(([key, member]) => textsIn(member, [...path, key]))
}

function malformed(file: string, problems: readonly Problem[]): KnownError {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column)
  const many = sorted.length === 1 ? 'a problem' : `${sorted.length} problems`
  return new KnownError('agent-malformed', `${file} has ${many}`, { problems: sorted })
}
