import { ERRORS, type ErrorCode, type KnownError } from '../../errors.ts'
import { html } from './markup.ts'
import { type PageAbout, renderPage } from './page.ts'
import { withCode } from './page-words.ts'

/** A failure as a page tells it. */
export interface ErrorView {
  readonly schema: 'page-error/1'
  readonly about: PageAbout
  readonly status: number
  /** Null = a bug of ours: its detail is for the log. */
  readonly code: ErrorCode | null
  readonly title: string
  readonly detail: string
  readonly fix: string
  /** The id of the request; null = it has none. */
  readonly requestId: string | null
}

/** The view of an expected failure; null = a bug, of which nothing is told but where to look. */
export function errorView(about: PageAbout, error: KnownError | null, requestId: string | null): ErrorView {
  if (error === null) {
    return {
      schema: 'page-error/1',
      about,
      status: 500,
      code: null,
      title: 'Something went wrong here',
      detail: 'The service failed in a way that it should not.',
      fix: 'report it with the id of the request; the log of the service tells more',
      requestId,
    }
  }
  const { code, detail, fix, status } = error
  const title = code === 'route-not-found' ? 'There is no such page' : ERRORS[code].title
  return { schema: 'page-error/1', about, status, code, title, detail, fix, requestId }
}

/** What went wrong, with the value, and what to do. */
export function errorPage({ about, status, code, title, detail, fix, requestId }: ErrorView): string {
  return renderPage({
    title,
    about,
    section: null,
    jsonHref: null,
    main: html`<p class="lead">${detail}</p>
<p>→ ${withCode(fix)}</p>
<p class="note">Status ${status}${code !== null && html` · <code>${code}</code>`}${requestId !== null && html` · request <code>${requestId}</code>`}</p>
<p><a href="${status === 401 ? '/sign-in' : '/'}">${status === 401 ? 'Sign in' : 'Back to the forecast'}</a></p>`,
  })
}
