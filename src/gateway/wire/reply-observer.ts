import type { DialectName } from '../../usage/dialects.ts'
import type { ReplyFacts } from '../exchange/exchange.ts'
import { anthropicReply } from './anthropic-reply.ts'
import { chatReply } from './chat-reply.ts'
import { geminiReply } from './gemini-reply.ts'
import type { Observer, ReplyDialect } from './observer.ts'
import { responsesReply } from './responses-reply.ts'

const REPLIES: { readonly [Name in DialectName]: ReplyDialect } = {
  'openai-chat': chatReply,
  'openai-responses': responsesReply,
  'anthropic-messages': anthropicReply,
  gemini: geminiReply,
}

/** A fresh observer for one streamed reply. */
export const observerOf = (dialect: DialectName): Observer => REPLIES[dialect].observer()

/** What a whole reply says beside its usage, whatever it is. */
export const observeMessage = (dialect: DialectName, body: unknown): ReplyFacts =>
  REPLIES[dialect].message(body)

export const NOTHING_SAID: ReplyFacts = { stopReason: null, actions: [] }
