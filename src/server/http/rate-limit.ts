import type { Request, Response } from 'express'
import { rateLimit } from 'express-rate-limit'
import { KnownError } from '../../errors.ts'
import { LOOPBACK, type Principal } from '../auth/principal.ts'

/** Counts what each key asks. This machine's own, without a key, is not counted: nobody else's share is taken. */
export function rateLimiter(perMinute: number) {
  const actors = new WeakMap<Request, string>()
  const limiter = rateLimit({
    windowMs: 60_000,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    validate: false,
    keyGenerator: (request) => actors.get(request) ?? 'nobody',
    handler: (_request, _response, next) =>
      next(new KnownError('rate-limited', `more than ${perMinute} requests in a minute`)),
  })
  return async (request: Request, response: Response, { actor }: Principal): Promise<void> => {
    if (actor === LOOPBACK.actor) return
    actors.set(request, actor)
    await new Promise<void>((resolve, reject) => {
      void limiter(request, response, (error?: unknown) => (error === undefined ? resolve() : reject(error)))
    })
  }
}
