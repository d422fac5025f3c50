/**
 * An agent of OpenAI's package over Chat Completions, in the repository that it is started in. Its address and key are
 * where the package looks for them: in the environment. Options: `--stream`, `--usage` (asks the stream for it).
 */
import OpenAI from 'openai'
import type {
  ChatCompletion,
  ChatCompletionCreateParamsNonStreaming,
} from 'openai/resources/chat/completions'
import { BASH, runCommand } from './run-command.ts'
import { isAsked, keepingFetch, tell } from './tell.ts'

const { fetch, bodies } = keepingFetch()
const client = new OpenAI({ fetch })
const [task = ''] = process.argv.slice(2)
const usages: unknown[] = []

const conversation: ChatCompletionCreateParamsNonStreaming = {
  model: 'gpt-5',
  messages: [{ role: 'user', content: task }],
  tools: [{ type: 'function', function: BASH }],
}

async function ask(): Promise<ChatCompletion> {
  if (!isAsked('--stream')) {
    const reply = await client.chat.completions.create(conversation)
    usages.push(reply.usage ?? null)
    return reply
  }
  const options = isAsked('--usage') ? { stream_options: { include_usage: true } } : {}
  const stream = client.chat.completions.stream({ ...conversation, ...options, stream: true })
  let usage: unknown = null
  stream.on('chunk', (chunk) => {
    usage = chunk.usage ?? usage
  })
  const reply = await stream.finalChatCompletion()
  usages.push(usage)
  return reply
}

for (let turn = 0; turn < 10; turn++) {
  const message = (await ask()).choices[0]?.message
  if (message === undefined) throw new Error('A reply without a message')
  conversation.messages.push(message)
  for (const call of message.tool_calls ?? []) {
    if (call.type !== 'function') continue
    const content = runCommand(JSON.parse(call.function.arguments))
    conversation.messages.push({ role: 'tool', tool_call_id: call.id, content })
  }
  if ((message.tool_calls ?? []).length > 0) continue
  tell({ bodies: await bodies(), usages, said: message.content ?? '' })
  break
}
