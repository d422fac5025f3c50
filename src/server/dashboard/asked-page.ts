import type { Request } from 'express'
import type { Principal } from '../auth/principal.ts'
import type { Form } from '../http/read-form.ts'
import type { PageAbout } from '../pages/page.ts'
import type { ServiceContext } from '../service-context.ts'

/** A page that is asked for. */
export interface AskedPage {
  readonly request: Request
  readonly context: ServiceContext
  readonly principal: Principal
  readonly about: PageAbout
  /** Of a form that was sent, and of the address; what is given twice is a list. */
  readonly form: Form
  readonly query: URLSearchParams
  /** Of the address: the id of a run. */
  readonly id: string
  readonly signal: AbortSignal
}

/** A page as it is answered: its view, for programs, and how people see it. Or where to go instead. */
export type PageAnswer =
  | { readonly status: number; readonly view: object; readonly page: string }
  | { readonly goTo: string }
