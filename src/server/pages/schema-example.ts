import { type OpenApiDocument, type OpenApiSchema, resolved } from './openapi-document.ts'

const DEEPEST = 6

/** A value that a schema allows, as small as it may be: its own example, else what it requires. */
export function exampleOf(document: OpenApiDocument, part: unknown, depth = 0): unknown {
  const schema = resolved<OpenApiSchema>(document, part)
  const [told = schema.example ?? schema.const ?? schema.default ?? schema.enum?.[0]] = schema.examples ?? []
  if (told !== undefined) return told
  if (depth > DEEPEST) return null
  const [choice] = schema.anyOf ?? schema.oneOf ?? []
  if (choice !== undefined) return exampleOf(document, choice, depth + 1)
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.find((one) => one !== 'null')
  if (type === 'object' || schema.properties !== undefined) return exampleObject(document, schema, depth)
  if (type === 'array')
    return schema.items === undefined ? [] : [exampleOf(document, schema.items, depth + 1)]
  if (type === 'boolean') return true
  if (type === 'number' || type === 'integer') return Math.max(1, schema.minimum ?? 1)
  return type === 'string' ? '…' : null
}

/** What has an example of its own is shown though it may be left out. */
function exampleObject(document: OpenApiDocument, schema: Partial<OpenApiSchema>, depth: number): unknown {
  const entries = Object.entries(schema.properties ?? {}).filter(([key, value]) => {
    const { example, examples } = resolved<OpenApiSchema>(document, value)
    return (schema.required ?? []).includes(key) || example !== undefined || examples !== undefined
  })
  return Object.fromEntries(entries.map(([key, value]) => [key, exampleOf(document, value, depth + 1)]))
}
