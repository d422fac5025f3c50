// A tiny agent: reads an issue and what else it wants to see of this folder, and says how it would mend it.
// node ask.mjs [issue.md]; it asks $MODEL at $OPENAI_BASE_URL, which `foretoken run` sets for it.
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'

const { OPENAI_BASE_URL = 'https://api.openai.com/v1', OPENAI_API_KEY, MODEL = 'gpt-5' } = process.env
const [issue = 'batch-rereads.md'] = process.argv.slice(2)

const read = (name) =>
  readFile(new URL(basename(name), import.meta.url), 'utf8').catch(({ code }) => `cannot be read: ${code}`)

const parameters = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] }
const tools = [
  { type: 'function', function: { name: 'read', description: 'Reads a file beside the issue.', parameters } },
]
const messages = [
  { role: 'system', content: 'Read what you need; then say in three short lines how you would mend the issue.' },
  { role: 'user', content: await read(issue) },
]

async function ask() {
  const response = await fetch(`${OPENAI_BASE_URL}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPENAI_API_KEY}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: MODEL, messages, tools, max_completion_tokens: 4000 }),
  })
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()).choices[0].message
}

for (let turn = 0; turn < 8; turn++) {
  const message = await ask()
  messages.push(message)
  if (message.content) console.log(message.content)
  if (!message.tool_calls?.length) break
  for (const { id, function: { arguments: given } } of message.tool_calls) {
    messages.push({ role: 'tool', tool_call_id: id, content: await read(JSON.parse(given).name) })
  }
}
