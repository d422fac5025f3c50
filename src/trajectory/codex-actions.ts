import { type Action, shellAction, toolAction } from './action.ts'
import { isMembers, type Members } from './json-head.ts'
import { lengthOf } from './returned-length.ts'

/** The uses of tools in a thread of Codex, and what came back. */
export interface CodexItems {
  add(payload: unknown): void
  actions(): readonly Action[]
}

export function codexItems(): CodexItems {
  const uses = new Map<string, Action>()
  const returned = new Map<string, number>()
  return {
    add(payload) {
      if (!isMembers(payload) || typeof payload.call_id !== 'string') return
      const { call_id: id, type } = payload
      const action = codexAction(payload, id)
      if (action !== null) uses.set(id, action)
      if (typeof type === 'string' && type.endsWith('_output')) returned.set(id, lengthOf(payload.output))
    },
    actions: () => [...uses].map(([id, action]) => ({ ...action, returnedChars: returned.get(id) ?? null })),
  }
}

/** What an item of a thread asks for, as Codex means it; null = no use of a tool that Codex has. */
export function codexAction(
  { type, name, arguments: given, input, action }: Members,
  id: string | null,
): Action | null {
  if (type === 'local_shell_call' && isMembers(action)) return toolAction('shell', action, { id })
  if (typeof name !== 'string') return null
  if (type === 'custom_tool_call') return toolAction(name, { file: patchedFile(input) ?? '' }, { id })
  if (type !== 'function_call') return null
  const told = parsed(given)
  const patch = patchedFile(commandIn(told))
  if (patch !== null) return toolAction('apply_patch', { file: patch }, { id })
  const command = commandIn(told)
  return /shell|exec/.test(name) && command !== null
    ? { ...shellAction(command, { id }), tool: name }
    : toolAction(name, told, { id })
}

/** `["bash", "-lc", "ls"]` runs what stands last. */
function commandIn({ command, cmd }: Members): string | null {
  const told = command ?? cmd
  if (Array.isArray(told)) {
    const words = told.filter((word) => typeof word === 'string')
    return words[1] === '-lc' || words[1] === '-c' ? (words[2] ?? null) : words.join(' ')
  }
  return typeof told === 'string' ? told : null
}

function parsed(text: unknown): Members {
  try {
    const value: unknown = JSON.parse(typeof text === 'string' ? text : '{}')
    return isMembers(value) ? value : {}
  } catch {
    return {} // cut off: only what is done is taken from it
  }
}

/** The first file that a patch names. */
const patchedFile = (patch: unknown): string | null =>
  /\*\*\* (?:Update|Add|Delete) File: (.+)/
    .exec(typeof patch === 'string' ? patch.slice(0, 4000) : '')?.[1]
    ?.trim() ?? null
