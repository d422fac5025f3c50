/** What OpenAI's package asks for that no model writes: embeddings, in both of their encodings, and the list of models. */
import OpenAI from 'openai'
import { keepingFetch, tell } from './tell.ts'

const { fetch, bodies } = keepingFetch()
const client = new OpenAI({ fetch })
const model = 'text-embedding-3-small'
const asBytes = await client.embeddings.create({ model, input: ['naïve', '价格'] })
const asNumbers = await client.embeddings.create({ model, input: 'Σ', encoding_format: 'float' })
const models: string[] = []
for await (const { id } of client.models.list()) models.push(id)
tell({ bodies: await bodies(), usages: [asBytes.usage, asNumbers.usage], said: models.join(' ') })
