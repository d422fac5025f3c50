/** What Anthropic's package asks for that no model writes: a count of tokens, and the list of models. */
import Anthropic from '@anthropic-ai/sdk'
import { keepingFetch, tell } from './tell.ts'

const { fetch, bodies } = keepingFetch()
const client = new Anthropic({ fetch })
const count = await client.messages.countTokens({
  model: 'claude-sonnet-4-5',
  messages: [{ role: 'user', content: 'naïve – 价格' }],
})
const models: string[] = []
for await (const { id } of client.models.list()) models.push(id)
tell({ bodies: await bodies(), usages: [count], said: models.join(' ') })
