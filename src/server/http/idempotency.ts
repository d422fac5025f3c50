import { createHash } from 'node:crypto'
import type { Request } from 'express'
import { KnownError } from '../../errors.ts'
import type { Told } from '../routes/route.ts'
import type { ServiceContext } from '../service-context.ts'
import { MalformedRequest } from './problem.ts'

const KEY = /^[\x21-\x7e]{1,255}$/

/** A request that may be sent again, and gets the answer of the first time. */
export interface Repeatable {
  readonly actor: string
  readonly key: string
  readonly fingerprint: Buffer
}

/** The header, checked. @throws MalformedRequest */
export function keyOf(header: string | undefined): string | null {
  if (header === undefined) return null
  if (KEY.test(header)) return header
  const detail = 'expected 1 to 255 visible ASCII characters'
  throw new MalformedRequest('the header Idempotency-Key', [{ pointer: '', detail }])
}

/** Of what is asked: the method, the address with its query, and the body. */
export const fingerprintOf = ({ method, originalUrl }: Request, body: Uint8Array): Buffer =>
  createHash('sha256').update(`${method} ${originalUrl}\n`).update(body).digest()

/** Answers requests with an Idempotency-Key once, however often and at how many times they are sent. */
export function idempotency({ idempotents, writer, nowMs }: ServiceContext) {
  const underway = new Set<string>()
  return async ({ actor, key, fingerprint }: Repeatable, answer: () => Promise<Told>): Promise<Told> => {
    const before = idempotents(actor, key)
    if (before !== null) {
      if (!fingerprint.equals(before.fingerprint)) throw new KnownError('idempotency-mismatch', key)
      const headers = { ...before.headers, 'Idempotent-Replayed': 'true' }
      return { status: before.status as Told['status'], text: before.body, headers }
    }
    const name = `${actor} ${key}`
    if (underway.has(name)) throw new KnownError('idempotency-conflict', key)
    underway.add(name)
    try {
      const told = await answer()
      const at = new Date(nowMs()).toISOString()
      const headers = { ...told.headers }
      const kept = { actor, key, fingerprint, at, status: told.status, headers, body: told.text }
      await writer.write({ ...told.write, idempotent: kept })
      told.written?.()
      return told
    } finally {
      underway.delete(name)
    }
  }
}
