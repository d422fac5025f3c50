import { type Action, toolAction } from '../../trajectory/action.ts'
import { isMembers, type Members } from '../../trajectory/json-head.ts'

/** A use of a tool while the reply that asks for it is still coming. */
export interface ToolUse {
  readonly id: string | null
  name: string
  /** Its input, as JSON whose pieces come one by one. */
  json: string
}

/** Longer inputs are files written out; what is not read whole is not read, and the use is known by its name. */
const MAX_INPUT_CHARS = 1 << 22

export function appendInput(use: ToolUse, piece: unknown): void {
  if (typeof piece === 'string' && use.json.length <= MAX_INPUT_CHARS) use.json += piece
  else if (isMembers(piece)) use.json = JSON.stringify(piece) // some servers give it as an object
}

/** The use as an action of the call whose reply asked for it. */
export const actionOf = ({ id, name, json }: ToolUse, call: string | null): Action =>
  toolAction(name, inputOf(json), { id, call })

/** The members of an input; empty where there is none, as of a reply that was cut off. */
export function inputOf(json: unknown): Members {
  if (isMembers(json)) return json
  if (typeof json !== 'string' || json.length > MAX_INPUT_CHARS) return {}
  try {
    const input: unknown = JSON.parse(json)
    return isMembers(input) ? input : {}
  } catch {
    return {} // a model may write anything
  }
}
