import { type Action, toolAction } from './action.ts'
import { isMembers, type Members } from './json-head.ts'
import { lengthOf } from './returned-length.ts'

/** Events that are no use of a tool. */
const SILENT = new Set([
  'message',
  'system',
  'finish',
  'think',
  'recall',
  'change_agent_state',
  'condensation',
  'null',
])

/**
 * The uses of tools in the events of an OpenHands run: an action, and the observation whose cause it is; in old files
 * they stand in pairs, in those of the SDK they are named by the id of the use.
 */
export function openhandsActions(history: readonly unknown[]): readonly Action[] {
  const events = history.flat().filter(isMembers)
  const returned = new Map<unknown, number>()
  for (const event of events) {
    const cause = event.cause ?? event.tool_call_id ?? event.action_id
    if (cause != null && isObservation(event))
      returned.set(cause, lengthOf(event.content ?? event.observation))
  }
  return events.flatMap((event, place) => {
    const told = toldBy(event)
    if (told === null) return []
    const key = event.tool_call_id ?? event.id
    const next = events[place + 1]
    const answer =
      next !== undefined && isObservation(next) ? lengthOf(next.content ?? next.observation) : null
    const id = typeof key === 'string' ? key : null
    return [
      toolAction(told.tool, told.input, {
        id,
        returnedChars: (key == null ? null : returned.get(key)) ?? answer,
      }),
    ]
  })
}

const isObservation = ({ observation, kind }: Members): boolean =>
  typeof observation === 'string' || isMembers(observation) || kind === 'ObservationEvent'

function toldBy({ action, args, kind, tool_name: name }: Members): { tool: string; input: Members } | null {
  if (kind === 'ActionEvent' && typeof name === 'string')
    return { tool: name, input: isMembers(action) ? action : {} }
  if (typeof action !== 'string' || SILENT.has(action)) return null
  return { tool: action, input: isMembers(args) ? args : {} }
}
