/** As much of an OpenAPI 3.1 document as the documentation reads. Everything else in it is let be. */
export interface OpenApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly servers?: readonly { readonly url: string }[]
  readonly tags?: readonly { readonly name: string; readonly description?: string }[]
  readonly paths?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly components?: Readonly<Record<string, unknown>>
}

/** One route. */
export interface OpenApiOperation {
  readonly summary?: string
  readonly description?: string
  readonly tags?: readonly string[]
  readonly parameters?: readonly unknown[]
  readonly requestBody?: unknown
  readonly responses?: Readonly<Record<string, unknown>>
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[]
}

export interface OpenApiParameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
  readonly description?: string
  readonly schema?: unknown
}

/** A request body or a response. */
export interface OpenApiBody {
  readonly description?: string
  readonly required?: boolean
  readonly content?: Readonly<Record<string, { readonly schema?: unknown; readonly example?: unknown }>>
}

/** A JSON Schema, as far as it is told in words. */
export interface OpenApiSchema {
  readonly type?: string | readonly string[]
  readonly format?: string
  readonly description?: string
  readonly properties?: Readonly<Record<string, unknown>>
  readonly required?: readonly string[]
  readonly items?: unknown
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly unknown[]
  readonly oneOf?: readonly unknown[]
  readonly allOf?: readonly unknown[]
  readonly default?: unknown
  readonly example?: unknown
  readonly examples?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly additionalProperties?: unknown
}

const DEEPEST = 20

/**
 * What a `$ref` within the document stands for; what is no reference stands for itself. The document is made by this
 * program: its shape is not checked. A reference that leads nowhere, or in a circle, is nothing.
 */
export function resolved<Part extends object>(document: OpenApiDocument, part: unknown): Partial<Part> {
  let found: unknown = part
  for (let step = 0; step < DEEPEST; step++) {
    const reference = found as { readonly $ref?: unknown } | null | undefined
    if (typeof reference?.$ref !== 'string') return (reference ?? {}) as Partial<Part>
    found = reference.$ref
      .replace(/^#\//, '')
      .split('/')
      .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
      .reduce<unknown>((at, name) => (at as Readonly<Record<string, unknown>> | undefined)?.[name], document)
  }
  return {}
}

/** The name of what is referred to; null = it is no reference. */
export function referenceName(part: unknown): string | null {
  const { $ref } = (part ?? {}) as { readonly $ref?: unknown }
  return typeof $ref === 'string' ? ($ref.split('/').at(-1) ?? null) : null
}
