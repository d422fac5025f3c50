/**
 * An agent of Anthropic's package over Messages, in the repository that it is started in. Its address and key are where
 * the package looks for them: in the environment. Option: `--stream`.
 */
import Anthropic from '@anthropic-ai/sdk'
import { BASH, runCommand } from './run-command.ts'
import { isAsked, keepingFetch, tell } from './tell.ts'

const { fetch, bodies } = keepingFetch()
const client = new Anthropic({ fetch })
const [task = ''] = process.argv.slice(2)
const usages: unknown[] = []
const messages: Anthropic.MessageParam[] = [{ role: 'user', content: task }]
const { name, description, parameters } = BASH

function ask(): Promise<Anthropic.Message> {
  const asked = {
    model: 'claude-sonnet-4-5',
    max_tokens: 4096,
    messages,
    tools: [{ name, description, input_schema: parameters }],
  }
  return isAsked('--stream') ? client.messages.stream(asked).finalMessage() : client.messages.create(asked)
}

for (let turn = 0; turn < 10; turn++) {
  const { content, usage } = await ask()
  usages.push(usage)
  messages.push({ role: 'assistant', content })
  const uses = content.filter((block) => block.type === 'tool_use')
  const results = uses.map(({ id, input }) => ({
    type: 'tool_result' as const,
    tool_use_id: id,
    content: runCommand(input),
  }))
  if (results.length > 0) {
    messages.push({ role: 'user', content: results })
    continue
  }
  const said = content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  tell({ bodies: await bodies(), usages, said })
  break
}
