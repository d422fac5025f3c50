import { type Action, toolAction } from './action.ts'
import { isMembers } from './json-head.ts'
import { lengthOf } from './returned-length.ts'

/** The uses of tools in the steps of an ATIF trajectory, each with what its observation gave back. */
export function atifActions(steps: readonly unknown[]): readonly Action[] {
  return steps.filter(isMembers).flatMap(({ tool_calls: calls, observation }) => {
    const results =
      isMembers(observation) && Array.isArray(observation.results)
        ? observation.results.filter(isMembers)
        : []
    return (Array.isArray(calls) ? calls.filter(isMembers) : []).flatMap((call) => {
      const { tool_call_id: id, function_name: name, arguments: input } = call
      if (typeof name !== 'string') return []
      const result =
        results.find((one) => one.source_call_id === id) ?? (results.length === 1 ? results[0] : undefined)
      const returnedChars = result === undefined ? null : lengthOf(result.content)
      return [
        toolAction(name, isMembers(input) ? input : {}, {
          id: typeof id === 'string' ? id : null,
          returnedChars,
        }),
      ]
    })
  })
}
