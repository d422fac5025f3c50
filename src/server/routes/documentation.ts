import { z } from 'zod'
import { openApiDocument } from '../openapi/document.ts'
import { json, type Route, route } from './route.ts'

/** `GET /openapi.json`, of the routes given. */
export const openApi = (routes: () => readonly Route[]): Route => {
  let text: string | null = null
  return route({
    method: 'get',
    path: '/openapi.json',
    access: 'public',
    tag: 'operations',
    summary: 'This API, as OpenAPI 3.1',
    responses: { 200: { description: 'the document', schema: z.record(z.string(), z.unknown()) } },
    handle({ context }) {
      text ??= JSON.stringify(openApiDocument(routes(), context.version))
      return { ...json(200, {}), text, hasTag: true }
    },
  })
}
