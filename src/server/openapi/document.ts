import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import { SCOPES } from '../auth/principal.ts'
import { PROBLEM_TYPE } from '../http/problem.ts'
import type { Described, Route } from '../routes/route.ts'
import { ProblemSchema } from '../schemas/problem-schema.ts'

/** The OpenAPI 3.1 document of the routes: made of what they check with. */
export function openApiDocument(routes: readonly Route[], version: string): object {
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Foretoken',
      version,
      summary: 'What a coding agent will spend, before it runs',
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: pathsOf(routes),
    components: {
      securitySchemes: {
        key: {
          type: 'http',
          scheme: 'bearer',
          description: `a key made with \`foretoken keys create\`, with scopes: ${SCOPES.join(', ')}`,
        },
      },
    },
  })
}

const DESCRIPTION = [
  'Null is unknown, never nothing, with the reason beside it. Money is a decimal in a string.',
  'Every failure is a problem document (RFC 9457). Lists go on with `next` as `cursor`.',
  'A POST with an `Idempotency-Key` may be sent again and gets the answer of the first time.',
].join('\n\n')

function pathsOf(routes: readonly Route[]): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {}
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) }
  }
  return paths
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const { path, method, tag, summary, description, params, query, responses, access } = route
  const name = path.replace(/[{}]/g, '').split(/[/.-]/).filter(Boolean).join('_')
  return {
    operationId: `${method}_${name === '' ? 'index' : name}`,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    ...(access === 'public' ? { security: [] } : { security: [{}, { key: [] }] }),
    ...(access === 'public' || access === 'any-key' ? {} : { 'x-scope': access }),
    requestParams: {
      ...(params === null ? {} : { path: params }),
      ...(query === null ? {} : { query }),
    },
    ...parametersOf(route),
    ...bodyOf(route),
    responses: {
      ...Object.fromEntries(
        Object.entries(responses).map(([status, described]) => [status, responseOf(described)]),
      ),
      default: {
        description: 'why it could not be answered',
        content: { [PROBLEM_TYPE]: { schema: ProblemSchema } },
      },
    },
  }
}

/** Headers that are no part of what a route checks with its schemas. */
function parametersOf({ method, headers }: Route): Pick<ZodOpenApiOperationObject, 'parameters'> {
  const own = Object.entries(headers ?? {}).map(([name, { description, pattern }]) => ({
    ...{ name, in: 'header' as const, required: false, description },
    schema: { type: 'string' as const, pattern },
  }))
  const all = method === 'post' ? [IDEMPOTENCY_KEY, ...own] : own
  return all.length === 0 ? {} : { parameters: all }
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'sent again with the same key and body, the request is answered as the first time',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$' },
} as const

function bodyOf({ body, bodyTypes }: Route): Pick<ZodOpenApiOperationObject, 'requestBody'> {
  if (body !== null)
    return { requestBody: { required: true, content: { 'application/json': { schema: body } } } }
  if (bodyTypes === null) return {}
  const content = bodyTypes.map((type) => [type, { schema: { type: 'string', format: 'binary' } }] as const)
  return { requestBody: { required: true, content: Object.fromEntries(content) } }
}

function responseOf({ description, schema, types = ['application/json'], headers = {} }: Described) {
  const told = [...Object.entries(headers), ['Request-Id', 'of this request'] as const]
  return {
    description,
    headers: Object.fromEntries(
      told.map(([name, what]) => [name, { description: what, schema: { type: 'string' } as const }]),
    ),
    content: Object.fromEntries(
      types.map((type) => [type, { schema: schema ?? ({ type: 'string' } as const) }]),
    ),
  }
}
