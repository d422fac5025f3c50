import { ERRORS } from '../../errors.ts'
import {
  type OpenApiBody,
  type OpenApiDocument,
  type OpenApiOperation,
  type OpenApiParameter,
  resolved,
} from './openapi-document.ts'
import type { PageAbout } from './page.ts'
import { exampleOf } from './schema-example.ts'
import { type FieldView, fieldsOf, typeText } from './schema-words.ts'

/** The documentation as data. */
export interface DocsView {
  readonly schema: 'page-docs/1'
  readonly about: PageAbout
  readonly title: string
  readonly version: string
  readonly description: string
  readonly groups: readonly {
    readonly name: string
    readonly description: string
    readonly routes: readonly RouteView[]
  }[]
  readonly problems: readonly ProblemView[]
}

/** One route. */
export interface RouteView {
  /** For links: letters, digits and hyphens. */
  readonly id: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly description: string
  readonly parameters: readonly (FieldView & { readonly place: string })[]
  /** Null = it takes none. */
  readonly body: {
    readonly contentType: string
    readonly required: boolean
    readonly fields: readonly FieldView[]
  } | null
  readonly responses: readonly {
    /** For links, as that of the route. */
    readonly id: string
    readonly status: string
    readonly description: string
    readonly contentType: string | null
    readonly fields: readonly FieldView[]
  }[]
  /** A call of it for a shell. */
  readonly curl: string
}

/** What should not happen has no place in the catalogue. */
const BUG = { code: 'bug', status: 500, title: 'This is a bug', fix: 'report it, with the request id' }

/** A code of problem documents. */
export interface ProblemView {
  readonly code: string
  readonly status: number
  readonly title: string
  readonly fix: string
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

/** The view of the documentation. `origin`: the address of the service, as the one who reads knows it. */
export function docsView(parts: {
  readonly about: PageAbout
  readonly document: OpenApiDocument
  readonly origin: string
}): DocsView {
  const { about, document, origin } = parts
  const ids = new Set<string>()
  const routes = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method] !== undefined).map((method) => {
      const operation = item[method] as OpenApiOperation
      const whole = {
        ...operation,
        parameters: [...((item.parameters ?? []) as readonly unknown[]), ...(operation.parameters ?? [])],
      }
      return {
        tag: operation.tags?.[0] ?? 'other',
        route: routeView(document, { method, path, operation: whole, origin, ids }),
      }
    }),
  )
  const named = document.tags ?? []
  const names = [...new Set([...named.map(({ name }) => name), ...routes.map(({ tag }) => tag)])]
  return {
    schema: 'page-docs/1',
    about,
    title: document.info.title,
    version: document.info.version,
    description: document.info.description ?? '',
    groups: names
      .map((name) => ({
        name,
        description: named.find((tag) => tag.name === name)?.description ?? '',
        routes: routes.filter(({ tag }) => tag === name).map(({ route }) => route),
      }))
      .filter((group) => group.routes.length > 0),
    problems: [
      ...Object.entries(ERRORS).map(([code, { status, title, fix }]) => ({ code, status, title, fix })),
      BUG,
    ],
  }
}

interface Route {
  readonly method: string
  readonly path: string
  readonly operation: OpenApiOperation
  readonly origin: string
  /** Given already. */
  readonly ids: Set<string>
}

function routeView(document: OpenApiDocument, route: Route): RouteView {
  const { method, path, operation } = route
  const body =
    operation.requestBody === undefined ? null : resolved<OpenApiBody>(document, operation.requestBody)
  const id = idOf(route)
  return {
    id,
    method: method.toUpperCase(),
    path,
    summary: operation.summary ?? '',
    description: operation.description ?? '',
    parameters: (operation.parameters ?? []).map((one) => {
      const parameter = resolved<OpenApiParameter>(document, one)
      return {
        name: parameter.name ?? '',
        place: parameter.in ?? '',
        type: typeText(document, parameter.schema),
        required: parameter.required ?? false,
        description: parameter.description ?? '',
      }
    }),
    body: body === null ? null : { ...contentOf(document, body), required: body.required ?? false },
    responses: Object.entries(operation.responses ?? {}).map(([status, one], i) => {
      const response = resolved<OpenApiBody>(document, one)
      const { contentType, fields } = contentOf(document, response)
      return {
        id: `${id}-response-${i}`,
        status,
        description: response.description ?? '',
        contentType: contentType || null,
        fields,
      }
    }),
    curl: curlOf(document, route, body),
  }
}

function idOf({ method, path, ids }: Route): string {
  const plain = `${method}${path}`.replace(/[^A-Za-z0-9]+/g, '-').replace(/-$/, '')
  let id = plain
  for (let number = 2; ids.has(id); number++) id = `${plain}-${number}`
  ids.add(id)
  return id
}

function contentOf(document: OpenApiDocument, { content }: Partial<OpenApiBody>) {
  const [[contentType, { schema }] = ['', { schema: undefined }] as const] = Object.entries(content ?? {})
  return { contentType, fields: fieldsOf(document, schema) }
}

function curlOf(
  document: OpenApiDocument,
  { method, path, origin, operation }: Route,
  body: Partial<OpenApiBody> | null,
): string {
  const lines = [
    `curl${method === 'get' ? '' : ` --request ${method.toUpperCase()}`} ${quoted(`${origin}${path}`)}`,
  ]
  // No scheme at all: it is public.
  if (operation.security?.length !== 0) lines.push("  --header 'Authorization: Bearer KEY'")
  const [content] = Object.entries(body?.content ?? {})
  if (content !== undefined) {
    const [contentType, { schema, example }] = content
    const value = example ?? exampleOf(document, schema)
    const isFile = typeof value === 'string' || value === null
    lines.push(
      `  --header ${quoted(`Content-Type: ${contentType}`)}`,
      isFile ? '  --data-binary @FILE' : `  --data ${quoted(JSON.stringify(value))}`,
    )
  }
  return lines.join(' \\\n')
}

/** For a POSIX shell. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`
