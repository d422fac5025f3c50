import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RecordedReply } from '../../../src/gateway/cassette/cassette-file.ts'
import {
  type Clock,
  type PlayOptions,
  playChunks,
  RecordedCut,
} from '../../../src/gateway/cassette/play-chunks.ts'
import { MAX_REPLY_BYTES, recordingOf } from '../../../src/gateway/cassette/recording.ts'
import { ENDINGS } from '../../../src/gateway/exchange/exchange.ts'
import { asks, noSecrets, prompt, recorded } from '../../fixtures/gateway/cassettes.ts'

/** A clock whose timers oversleep by `lateMs`. */
function fakeClock(lateMs: number): Clock & { readonly slept: number[] } {
  let now = 5000
  const slept: number[] = []
  return {
    slept,
    now: () => now,
    sleep: async (ms, signal) => {
      signal.throwIfAborted()
      slept.push(ms)
      now += ms + lateMs
    },
  }
}

async function played(reply: RecordedReply, options: Partial<PlayOptions> = {}) {
  const { signal } = new AbortController()
  const pieces: string[] = []
  const all = { latency: 'none' as const, signal, clock: fakeClock(0), ...options }
  for await (const bytes of playChunks(reply, all)) pieces.push(Buffer.from(bytes).toString())
  return pieces
}

const three = recorded(asks(prompt('a')), {
  chunks: [
    [100.4, 'a'],
    [150.4, 'b'],
    [900.4, 'c'],
  ],
  endMs: 950,
}).reply

describe('a reply that is replayed', () => {
  it('comes in its pieces at the moments they came, though timers oversleep', async () => {
    const clock = fakeClock(3)
    assert.deepEqual(await played(three, { latency: 'recorded', clock }), ['a', 'b', 'c'])
    assert.deepEqual(clock.slept, [100, 47, 747, 47])
  })

  it('comes at once where no latency is asked for', async () => {
    const clock = fakeClock(0)
    assert.deepEqual(await played(three, { clock }), ['a', 'b', 'c'])
    assert.deepEqual(clock.slept, [])
  })

  it('breaks where it broke', async () => {
    const { reply } = recorded(asks(prompt('a')), { chunks: [[1, 'half']], ending: 'upstream-lost' })
    await assert.rejects(played(reply), RecordedCut)
  })

  it('ends when nobody waits for it any more', async () => {
    const signal = AbortSignal.abort(new Error('gone'))
    await assert.rejects(played(three, { signal }), /gone/)
  })
})

describe('a recording of an exchange', () => {
  it('keeps a character whole that was cut in two, in the piece that ends it', async () => {
    const bytes = Buffer.from('é€')
    const chunks = [...bytes].map((byte, index) => [10 * (index + 1), Buffer.from([byte])] as const)
    const { reply } = recorded(asks(prompt('a')), { chunks })
    assert.deepEqual(
      [reply.encoding, reply.chunks, reply.endDelayMs],
      [
        'utf-8',
        [
          [20, 'é'],
          [30, '€'],
        ],
        950,
      ],
    )
  })

  it('has a line for what a provider answered, and a reason for what none did', () => {
    const end = (ending: (typeof ENDINGS)[number]) => {
      const recording = recordingOf({ asked: () => asks(prompt('a')), order: 0, atMs: 0 }, noSecrets)
      recording.head(200, {})
      return recording.end(ending, 1).line?.reply.ending ?? null
    }
    assert.deepEqual(Object.fromEntries(ENDINGS.map((ending) => [ending, end(ending)])), {
      ok: 'whole',
      refused: 'whole',
      'over-budget': null,
      rejected: null,
      'client-gone': 'cut',
      'upstream-lost': 'cut',
      cut: 'cut',
      unfinished: 'cut',
    })
    const silent = recordingOf({ asked: () => asks(prompt('a')), order: 0, atMs: 0 }, noSecrets)
    assert.equal(silent.end('upstream-lost', 1).reason, 'the provider did not answer')
  })

  it('lets go of a reply without end', () => {
    const recording = recordingOf({ asked: () => asks(prompt('a')), order: 0, atMs: 0 }, noSecrets)
    recording.head(200, {})
    const bytes = new Uint8Array(2 ** 20)
    for (let sent = 0; sent <= MAX_REPLY_BYTES; sent += bytes.length) recording.chunk(bytes, 1)
    assert.equal(recording.end('ok', 2).reason, 'its reply is longer than 64 MiB')
  })
})
