import type { RefusalKind } from './refusal.ts'

/** There is no reply to pass on, and nothing was asked of a provider. */
export class NoReply extends Error {
  override readonly name = 'NoReply'
  readonly kind: RefusalKind

  constructor(kind: RefusalKind, message: string) {
    super(message)
    this.kind = kind
  }
}
