/** What an agent does with a tool, whatever the tool is called. */
export const ACTION_KINDS = ['view', 'search', 'edit', 'run', 'other'] as const
export type ActionKind = (typeof ACTION_KINDS)[number]

/** One use of a tool by an agent. Null = not told. */
export interface Action {
  /** The id that the reply gave it. */
  readonly id: string | null
  /** The id of the call whose reply asked for it. */
  readonly call: string | null
  /** As the source names it. */
  readonly tool: string
  readonly kind: ActionKind
  /** The file that is looked at or changed. */
  readonly target: string | null
  /** Characters that came back. */
  readonly returnedChars: number | null
}

const MAX_TOOL_CHARS = 100
const MAX_TARGET_CHARS = 500

/** An action of a tool that is named after what it does: `Read`, `str_replace_editor`, `apply_patch`, `bash`. */
export function toolAction(
  tool: string,
  input: Readonly<Record<string, unknown>>,
  beside: Partial<Pick<Action, 'id' | 'call' | 'returnedChars'>> = {},
): Action {
  const told = {
    id: beside.id ?? null,
    call: beside.call ?? null,
    returnedChars: beside.returnedChars ?? null,
  }
  const name = tool.slice(0, MAX_TOOL_CHARS).toWellFormed()
  const command = [input.command, input.cmd, input.script].find(
    (value) => typeof value === 'string' || Array.isArray(value),
  )
  if (command !== undefined && RUNNERS.test(tool)) {
    const text = Array.isArray(command)
      ? command.filter((part) => typeof part === 'string').join(' ')
      : String(command)
    return { ...told, tool: name, ...shellIntent(text) }
  }
  // One editor for everything says in its command which of it is meant.
  const asked = typeof input.command === 'string' ? input.command : tool
  const kind = KINDS.find(([, words]) => words.test(asked))?.[0] ?? 'other'
  return { ...told, tool: name, kind, target: kind === 'search' ? null : targetIn(input) }
}

const RUNNERS = /bash|shell|terminal|exec|^run/i
const KINDS: readonly (readonly [ActionKind, RegExp])[] = [
  ['other', /todo|plan|think|task|finish|submit/i],
  ['edit', /edit|write|create|insert|str_replace$|replace|patch|undo/i],
  ['search', /grep|glob|search|find|^ls$|list/i],
  ['view', /read|view|open|cat|scroll|goto/i],
  ['run', RUNNERS],
]

function targetIn(input: Readonly<Record<string, unknown>>): string | null {
  const path = [input.file_path, input.path, input.notebook_path, input.filename, input.file].find(
    (value) => typeof value === 'string' && value !== '',
  )
  return typeof path === 'string' ? path.slice(0, MAX_TARGET_CHARS).toWellFormed() : null
}

/** An action that is a line for a shell. */
export const shellAction = (
  command: string,
  beside: Partial<Pick<Action, 'id' | 'call' | 'returnedChars'>> = {},
): Action => ({
  id: beside.id ?? null,
  call: beside.call ?? null,
  returnedChars: beside.returnedChars ?? null,
  tool: firstWord(command),
  ...shellIntent(command),
})

/** Longer commands are files written out: what they do stands at their beginning. */
const READ_CHARS = 2000
/** Words that only set the scene for what comes behind them. */
const SCENE = /^(cd|export|source|set|pushd|popd|true|echo|conda|\.)$/

function segmentOf(command: string): readonly string[] {
  const segments = command
    .slice(0, READ_CHARS)
    .split(/&&|\|\||;|\n/)
    .map((segment) =>
      segment
        .trim()
        .split(/\s+/)
        .filter((word) => word !== ''),
    )
    .filter((words) => words.length > 0)
  return segments.find(([first = '']) => !SCENE.test(first)) ?? segments[0] ?? []
}

const firstWord = (command: string): string =>
  (segmentOf(command)[0] ?? 'shell').replace(/^.*\//, '').slice(0, MAX_TOOL_CHARS).toWellFormed() || 'shell'

function shellIntent(command: string): Pick<Action, 'kind' | 'target'> {
  const words = segmentOf(command)
  const first = (words[0] ?? '').replace(/^.*\//, '')
  const whole = words.join(' ')
  const isEdit =
    EDITS.test(first) ||
    (/^(sed|perl)$/.test(first) && /\s-\w*i/.test(whole)) ||
    /(^|\s)>>?\s*[^\s&]/.test(whole)
  if (isEdit) return { kind: 'edit', target: fileIn(words, true) }
  if (VIEWS.test(first)) return { kind: 'view', target: fileIn(words, false) }
  if (SEARCHES.test(first) || whole.startsWith('git grep') || whole.startsWith('git ls-files'))
    return { kind: 'search', target: null }
  return { kind: first === '' || ENDS.test(first) ? 'other' : 'run', target: null }
}

/** Commands of agents that do nothing to the files. */
const ENDS = /^(submit|exit\w*|succeed|plan|finish)$/
const EDITS = /^(edit|insert|create|append|apply_patch|patch|tee|str_replace_editor|rm|mv|cp|touch)$/
const VIEWS = /^(cat|head|tail|less|more|nl|sed|awk|open|goto|scroll_up|scroll_down|view)$/
const SEARCHES = /^(grep|rg|ag|ack|find|ls|tree|fd|search_dir|search_file|find_file|wc)$/

/** The last word that looks like a file; of an edit the one that is written to. */
function fileIn(words: readonly string[], isEdit: boolean): string | null {
  const redirect = words.findIndex((word) => /^>>?/.test(word))
  const written = redirect < 0 ? null : words[redirect]?.replace(/^>>?/, '') || words[redirect + 1] || null
  const pipe = words.indexOf('|')
  const own = pipe < 0 ? words : words.slice(0, pipe)
  const named = own
    .slice(1)
    .findLast((word) => /^[\w./~-]*[\w-](\.\w+)?$/.test(word) && /[./]/.test(word) && !word.startsWith('-'))
  const file = (isEdit ? written : null) ?? named ?? null
  return file === null
    ? null
    : file
        .replace(/^['"]|['"]$/g, '')
        .replace(/^\.\//, '')
        .slice(0, MAX_TARGET_CHARS)
        .toWellFormed()
}
