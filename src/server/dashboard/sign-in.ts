import type { Request, Response } from 'express'
import { KnownError } from '../../errors.ts'
import { askingOf } from '../auth/authentication.ts'
import type { Authenticator } from '../auth/authenticator.ts'
import type { Form } from '../http/read-form.ts'
import type { PageAbout } from '../pages/page.ts'
import { isOwnPath, signInPage, signInView } from '../pages/sign-in-page.ts'
import type { AskedPage, PageAnswer } from './asked-page.ts'

/** `GET /sign-in`: asks for a key. */
export function signInForm({ about, query }: AskedPage): PageAnswer {
  const view = signInView({ about, next: query.get('next') ?? '/', error: null })
  return { status: 200, view, page: signInPage(view) }
}

interface Sent {
  readonly request: Request
  readonly response: Response
  readonly form: Form
  readonly about: PageAbout
}

/** `POST /sign-in`: a cookie for a good key; else the form again, with what is wrong. */
export function sendKey(authenticator: Authenticator, { request, response, form, about }: Sent): void {
  const { key, next } = form
  const home = typeof next === 'string' && isOwnPath(next) ? next : '/'
  response.setHeader('Cache-Control', 'no-store')
  const answer =
    typeof key === 'string' && key.trim() !== ''
      ? authenticator.signIn(key, askingOf(request))
      : { failure: new KnownError('key-missing', 'the form has none'), retryAfterSeconds: null }
  if (!('failure' in answer)) {
    response.setHeader('Set-Cookie', answer.cookie)
    return void response.redirect(303, home)
  }
  const { failure, retryAfterSeconds } = answer
  if (failure.status === 403) throw failure
  if (retryAfterSeconds !== null) response.setHeader('Retry-After', String(retryAfterSeconds))
  const error = { message: failure.message, fix: failure.fix }
  const view = signInView({ about, next: home, error })
  response.status(failure.status).type('html').end(signInPage(view))
}
