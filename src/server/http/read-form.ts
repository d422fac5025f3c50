import express, { type Request, type Response } from 'express'
import { KnownError } from '../../errors.ts'
import { goOn } from './go-on.ts'
import { unreadable } from './unreadable.ts'

/** A form as browsers send it; what is given twice is a list. */
export type Form = Readonly<Record<string, string | readonly string[] | undefined>>

/** Reads a form. @throws KnownError `body-too-large`, `media-type`, `request-malformed`, `request-timeout` */
export type ReadForm = (request: Request, response: Response) => Promise<Form>

/** So many fields have the largest form, and more. */
const MOST_FIELDS = 200

export function formReader({
  mostBytes,
  timeoutMs,
}: {
  readonly mostBytes: number
  readonly timeoutMs: number
}): ReadForm {
  const read = express.urlencoded({
    ...{ extended: false, inflate: false, limit: mostBytes, parameterLimit: MOST_FIELDS },
  })
  return (request, response) => {
    goOn(request)
    return new Promise((resolve, reject) => {
      const late = new KnownError('request-timeout', `the form was not here after ${timeoutMs / 1000} s`)
      const timer = setTimeout(() => reject(late), timeoutMs)
      read(request, response, (error?: unknown) => {
        clearTimeout(timer)
        if (error === undefined) resolve((request.body ?? {}) as Form)
        else reject(unreadable(error))
      })
    })
  }
}
