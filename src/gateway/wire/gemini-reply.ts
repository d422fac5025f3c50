import { type Action, toolAction } from '../../trajectory/action.ts'
import { isMembers, type Members } from '../../trajectory/json-head.ts'
import type { Observer, ReplyDialect } from './observer.ts'
import { membersIn, textOr } from './request-content.ts'
import { inputOf } from './tool-use.ts'

/** Gemini's generateContent, of which a stream that is not SSE is a list of chunks: https://ai.google.dev/api/generate-content */
export const geminiReply: ReplyDialect = {
  observer,
  message(body) {
    const whole = observer()
    for (const chunk of Array.isArray(body) ? body : [body]) whole.push(chunk)
    return whole.end()
  },
}

function observer(): Observer {
  const actions: Action[] = []
  let [call, stopReason] = [null as string | null, null as string | null]
  return {
    push(chunk) {
      if (!isMembers(chunk)) return
      call ??= textOr(chunk.responseId, null)
      if (isMembers(chunk.promptFeedback)) stopReason = textOr(chunk.promptFeedback.blockReason, stopReason)
      for (const { content, finishReason } of membersIn(chunk.candidates)) {
        stopReason = textOr(finishReason, stopReason)
        const parts = isMembers(content) ? membersIn(content.parts) : []
        actions.push(...parts.flatMap(actionIn))
      }
    },
    end: () => ({ stopReason, actions: actions.map((action) => ({ ...action, call })) }),
  }
}

/** The id may be missing: then an answer is told by the name of the function alone. */
function actionIn({ functionCall, executableCode }: Members): readonly Action[] {
  if (isMembers(executableCode)) return [toolAction('code_execution', {})]
  if (!isMembers(functionCall) || typeof functionCall.name !== 'string') return []
  const { name, args, id } = functionCall
  return [toolAction(name, inputOf(args), { id: textOr(id, null) })]
}
