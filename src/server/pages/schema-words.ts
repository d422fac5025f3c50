import { type OpenApiDocument, type OpenApiSchema, referenceName, resolved } from './openapi-document.ts'

/** A field of a body, as the documentation lists it. */
export interface FieldView {
  /** With dots into objects and `[]` into lists: `issue.title`, `forecasts[].model`. */
  readonly name: string
  readonly type: string
  readonly required: boolean
  readonly description: string
}

const DEEPEST = 3
const MOST_FIELDS = 80

/** The fields of a schema, those of objects within it below them; deep ones are left to the document itself. */
export function fieldsOf(document: OpenApiDocument, schema: unknown): readonly FieldView[] {
  return below(document, schema, '', 0).slice(0, MOST_FIELDS)
}

function below(
  document: OpenApiDocument,
  part: unknown,
  prefix: string,
  depth: number,
): readonly FieldView[] {
  if (depth > DEEPEST) return []
  const schema = resolved<OpenApiSchema>(document, part)
  const choices = alternatives(schema)
    .map((one) => below(document, one, prefix, depth))
    .filter((fields) => fields.length > 0)
  // What one of several asks for may be left out where another is chosen.
  const chosen = choices.flatMap((fields) =>
    choices.length === 1 ? fields : fields.map((field) => ({ ...field, required: false })),
  )
  const all = (schema.allOf ?? []).flatMap((one) => below(document, one, prefix, depth))
  const own = Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const field = resolved<OpenApiSchema>(document, value)
    const name = `${prefix}${key}`
    const view = {
      name,
      type: typeText(document, value),
      required: schema.required?.includes(key) ?? false,
      description: descriptionOf(field),
    }
    return [view, ...below(document, value, `${name}.`, depth + 1)]
  })
  const items =
    schema.items === undefined
      ? []
      : below(document, schema.items, `${prefix.replace(/\.$/, '')}[].`, depth + 1)
  const seen = new Set<string>()
  return [...own, ...items, ...all, ...chosen].filter(({ name }) => !seen.has(name) && seen.add(name))
}

const alternatives = ({ anyOf = [], oneOf = [] }: Partial<OpenApiSchema>): readonly unknown[] => [
  ...anyOf,
  ...oneOf,
]

/** `string (date-time)`, `list of number`, `one of "a", "b"`, `number or null`. */
export function typeText(document: OpenApiDocument, part: unknown, depth = 0): string {
  const schema = resolved<OpenApiSchema>(document, part)
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum !== undefined)
    return `one of ${schema.enum.map((value) => JSON.stringify(value)).join(', ')}`
  const choices = alternatives(schema)
  if (choices.length > 0 && depth < DEEPEST) {
    return [...new Set(choices.map((one) => typeText(document, one, depth + 1)))].join(' or ')
  }
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  if (types.length === 0) return referenceName(part) ?? 'anything'
  const words = types.map((type) => {
    if (type === 'array')
      return depth < DEEPEST ? `list of ${typeText(document, schema.items, depth + 1)}` : 'list'
    return schema.format === undefined || type === 'null' ? type : `${type} (${schema.format})`
  })
  return words.join(' or ')
}

function descriptionOf(schema: Partial<OpenApiSchema>): string {
  const { description, minimum, maximum, minLength, maxLength } = schema
  const limits = [
    minimum === undefined ? '' : `at least ${minimum}`,
    // What JSON can hold at most is no limit that anybody chose.
    maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? '' : `at most ${maximum}`,
    minLength === undefined || minLength === 0 ? '' : `at least ${minLength} characters`,
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
    schema.default === undefined ? '' : `${JSON.stringify(schema.default)} where it is left out`,
  ].filter((limit) => limit !== '')
  return [description ?? '', limits.join(', ')].filter((words) => words !== '').join(' · ')
}
