import { openApiDocument } from '../openapi/document.ts'
import { docsPage } from '../pages/docs-page.ts'
import { docsView } from '../pages/docs-view.ts'
import type { OpenApiDocument } from '../pages/openapi-document.ts'
import { ROUTES } from '../routes/routes.ts'
import type { AskedPage, PageAnswer } from './asked-page.ts'

/** `GET /docs`: the API, for people. */
export function documentation({ context, about, request }: AskedPage): PageAnswer {
  const document = openApiDocument(ROUTES, context.version) as OpenApiDocument
  const origin = `${request.protocol}://${request.get('host') ?? 'localhost'}`
  const view = docsView({ about, document, origin })
  return { status: 200, view, page: docsPage(view) }
}
