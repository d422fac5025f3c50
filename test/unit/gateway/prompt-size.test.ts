import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { learnPrompt, newHistory, promptDemand } from '../../../src/gateway/runs/prompt-size.ts'
import type { WireRequest } from '../../../src/gateway/wire/request-facts.ts'
import { callOf } from '../../../src/usage/call.ts'
import { unknown, usage } from '../../fixtures/usage/usages.ts'

const asked = (bytes: number, more: Partial<WireRequest> = {}): WireRequest => ({
  model: 'm',
  streams: false,
  maxOutput: null,
  bytes,
  toolResults: [],
  mediaParts: 0,
  remembers: false,
  hostedTools: 0,
  usageAsked: false,
  background: false,
  ...more,
})

const used = (input: number, cacheRead = 0, output = 0) =>
  callOf('provider', usage({ input, cacheRead, output }))

/** The likely size, as all classes together. */
function likely(history: ReturnType<typeof newHistory>, request: WireRequest): number {
  const { likelyInput } = promptDemand(history, request)
  return Object.values(likelyInput).reduce<number>((sum, count) => sum + (count ?? 0), 0)
}

describe('the size of a prompt', () => {
  it('is no more than a token a byte, beside what providers add', () => {
    assert.equal(promptDemand(newHistory(), asked(10_000)).mostInput, 11_024)
    assert.equal(promptDemand(newHistory(), asked(10_000, { mediaParts: 2 })).mostInput, 17_024)
  })

  it('has no bound where a part of it lies with the provider', () => {
    assert.equal(promptDemand(newHistory(), asked(10_000, { remembers: true })).mostInput, null)
    assert.equal(promptDemand(newHistory(), asked(10_000, { hostedTools: 1 })).mostInput, null)
  })

  it('is likely as in the longest request so far, and a quarter more', () => {
    const history = newHistory()
    assert.equal(likely(history, asked(10_000)), 4375)
    learnPrompt(history, asked(10_000), used(2000))
    assert.equal(likely(history, asked(20_000)), 5000)
    // A short one is for the most part the provider's own, and tells nothing of a long one.
    learnPrompt(history, asked(300), used(1050))
    assert.equal(likely(history, asked(20_000)), 5000)
  })

  it('grows by its text alone where the only request so far had more tokens than bytes', () => {
    const history = newHistory()
    learnPrompt(history, asked(300), used(1050))
    assert.equal(likely(history, asked(200_300)), Math.ceil((1050 + 70_000) * 1.25))
  })

  it('is not learnt from requests whose prompt was not all in them as text, or was not told', () => {
    const history = newHistory()
    for (const more of [{ remembers: true }, { mediaParts: 1 }, { hostedTools: 1 }]) {
      learnPrompt(history, asked(100, more), used(50_000))
    }
    learnPrompt(history, asked(100), callOf('provider', unknown()))
    learnPrompt(history, asked(100), undefined)
    assert.equal(likely(history, asked(10_000)), 4375)
  })

  it('that lies with the provider is the last prompt, its reply, and what is new', () => {
    const history = newHistory()
    learnPrompt(history, asked(100_000), used(1000, 24_000, 700))
    const request = asked(1000, { remembers: true })
    assert.equal(likely(history, request), 25_700 + Math.ceil(1000 * 0.25 * 1.25))
    const { likelyInput } = promptDemand(history, request)
    assert.deepEqual([likelyInput.cacheRead, likelyInput.input], [24_000, 1700 + 313])
  })
})
