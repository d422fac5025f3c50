import { html } from './markup.ts'
import { type PageAbout, renderPage } from './page.ts'
import { withCode } from './page-words.ts'

/** The page that asks for a key, as data. */
export interface SignInView {
  readonly schema: 'page-sign-in/1'
  readonly about: PageAbout
  /** Where to go after it: a path of this service. */
  readonly next: string
  /** What was wrong with the key sent, and what to do; null = none was. */
  readonly error: { readonly message: string; readonly fix: string } | null
}

/** The view of the sign-in page. A `next` that leads to another site leads home. */
export function signInView(parts: Omit<SignInView, 'schema'>): SignInView {
  const { about, next, error } = parts
  return { schema: 'page-sign-in/1', about, next: isOwnPath(next) ? next : '/', error }
}

/** Whether it leads nowhere else: browsers read `//host` and `/\host` as another site, and drop tabs and line ends. */
export const isOwnPath = (path: string): boolean => /^\/(?![/\\])[^\p{Cc}\\]*$/u.test(path)

/** Asks for an API key. The key is never shown again: the field comes back empty. */
export function signInPage({ about, next, error }: SignInView): string {
  return renderPage({
    title: 'Sign in',
    about,
    section: null,
    jsonHref: error === null ? '?format=json' : null,
    main: html`<form class="sign-in" method="post" action="/sign-in">
<div class="field">
<label for="key">API key</label>
<p class="hint" id="hint-key">It is made with <code>foretoken keys create</code>.</p>
${error !== null && html`<p class="error" id="error-key" role="alert">${error.message} → ${withCode(error.fix)}</p>\n`}<input type="password" id="key" name="key" value="" autocomplete="current-password" required autofocus aria-describedby="hint-key${error !== null && ' error-key'}"${error !== null && html` aria-invalid="true"`}>
</div>
<input type="hidden" name="next" value="${next}">
<p><button type="submit">Sign in</button></p>
</form>`,
  })
}
