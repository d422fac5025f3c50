/**
 * An agent of OpenAI's package over the Responses API, in the repository that it is started in. Its address and key are
 * where the package looks for them: in the environment. Option: `--stream`.
 */
import OpenAI from 'openai'
import type { Response, ResponseInput } from 'openai/resources/responses/responses'
import { BASH, runCommand } from './run-command.ts'
import { isAsked, keepingFetch, tell } from './tell.ts'

const { fetch, bodies } = keepingFetch()
const client = new OpenAI({ fetch })
const [task = ''] = process.argv.slice(2)
const usages: unknown[] = []
const input: ResponseInput = [{ role: 'user', content: task }]

function ask(): Promise<Response> {
  const asked = { model: 'gpt-5', input, tools: [{ type: 'function' as const, strict: false, ...BASH }] }
  if (isAsked('--stream')) return client.responses.stream(asked).finalResponse()
  return client.responses.create(asked)
}

for (let turn = 0; turn < 10; turn++) {
  const { output, output_text, usage } = await ask()
  usages.push(usage ?? null)
  const calls = output.filter((item) => item.type === 'function_call')
  for (const item of output) if (item.type === 'message' || item.type === 'function_call') input.push(item)
  for (const { call_id, arguments: args } of calls) {
    input.push({ type: 'function_call_output', call_id, output: runCommand(JSON.parse(args)) })
  }
  if (calls.length > 0) continue
  tell({ bodies: await bodies(), usages, said: output_text })
  break
}
