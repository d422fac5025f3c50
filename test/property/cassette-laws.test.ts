import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { askedOf } from '../../src/gateway/cassette/asked.ts'
import { CassetteLine } from '../../src/gateway/cassette/cassette-file.ts'
import { playChunks } from '../../src/gateway/cassette/play-chunks.ts'
import { cassettePlayer } from '../../src/gateway/cassette/player.ts'
import { readCassette } from '../../src/gateway/cassette/read-cassette.ts'
import { redactor } from '../../src/gateway/cassette/redactor.ts'
import { firstDifference } from '../../src/gateway/cassette/request-difference.ts'
import { steadyText } from '../../src/gateway/cassette/volatile-text.ts'
import {
  asks,
  CHAT,
  cassetteOf,
  noSecrets,
  prompt,
  recorded,
  writeCassette,
} from '../fixtures/gateway/cassettes.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { cut, cuts } from '../fixtures/usage/sse-bytes.ts'

const keyChars = fc.constantFrom(...'abcxyzABCXYZ0189-_.+/=~%&u')
const anyChars = fc.constantFrom(...'abnrtu019é€"\\/% +-😀')
/** Secrets as providers make them, and some that nobody would. */
const secrets = fc
  .oneof(
    fc.string({ unit: keyChars, minLength: 8, maxLength: 60 }),
    fc.string({ unit: anyChars, minLength: 8, maxLength: 20 }),
  )
  .filter((secret) => new Set(secret).size > 4)

const around = fc.string({ unit: fc.oneof(anyChars, fc.constantFrom('\n', '{', '}', ':')), maxLength: 12 })
const pieces = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 8 })
const json = fc.jsonValue({ depthSize: 'small' })

/** A text as it is written in JSON, in JSON in JSON, in a URL, or in base64. */
const WRITTEN: readonly ((text: string) => string)[] = [
  (text) => text,
  (text) => JSON.stringify(text).slice(1, -1),
  (text) => JSON.stringify(JSON.stringify(text)).slice(1, -1),
  encodeURIComponent,
  (text) => Buffer.from(text).toString('base64'),
]

const bytesOf = async (reply: Parameters<typeof playChunks>[0]): Promise<Buffer> => {
  const clock = { now: () => 0, sleep: async () => {} }
  const { signal } = new AbortController()
  const played: Uint8Array[] = []
  for await (const bytes of playChunks(reply, { latency: 'none', signal, clock })) played.push(bytes)
  return Buffer.concat(played)
}

describe('a cassette', () => {
  it('contains no secret, whatever it is, and wherever its reply is cut', () =>
    fc.assert(
      fc.property(secrets, around, around, cuts, (secret, before, after, sizes) => {
        const redact = redactor([secret])
        const forms = WRITTEN.map((write) => `${before}${write(`${before}${secret}${after}`)}${after}`)
        const came = {
          target: CHAT,
          query: `q=${encodeURIComponent(secret)}`,
          body: Buffer.from(JSON.stringify({ [`${before}${secret}`]: forms })),
        }
        const asked = askedOf(came, redact)
        const bytes = cut(Buffer.from(JSON.stringify({ forms })), sizes)
        const chunks = bytes.map((each, at) => [at, each] as const)
        const line = recorded(asked, { chunks, headers: { 'x-request-id': secret }, redact })
        const text = JSON.stringify(line)
        for (const write of WRITTEN) assert.ok(!text.includes(write(secret)), `${write(secret)} in ${text}`)
        const body = line.reply.chunks.map(([, piece]) => piece).join('')
        assert.ok(!body.includes(secret))
        assert.doesNotThrow(() => JSON.parse(body), body)
      }),
      { numRuns: 1000 },
    ))

  it('contains no secret that a stream tells in bits', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: keyChars, minLength: 8, maxLength: 40 }),
        fc.array(fc.nat(9), { minLength: 1, maxLength: 20 }),
        cuts,
        (secret, lengths, sizes) => {
          const text = `so ${secret} it is`
          const starts = lengths.map((_, at) => lengths.slice(0, at).reduce((sum, length) => sum + length, 0))
          const bits = starts.map((start, at) => text.slice(start, starts[at + 1]))
          const stream = bits
            .map((bit) => `data: {"delta":{"text":${JSON.stringify(bit)}},"index":0}\n\n`)
            .join('')
          const chunks = cut(Buffer.from(stream), sizes).map((each, at) => [at, each] as const)
          const { reply } = recorded(asks(prompt('a')), { chunks, redact: redactor([secret]) })
          const body = reply.chunks.map(([, piece]) => piece).join('')
          const told = body.split('\n\n').filter((event) => event !== '')
          const words = told.map((event) => JSON.parse(event.slice(5)).delta.text).join('')
          assert.ok(!words.includes(secret), words)
          assert.equal(told.length, bits.length)
        },
      ),
    ))

  it('gives back the bytes that were recorded, whatever they are and however they were cut', () =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(
          pieces,
          fc.string({ unit: 'grapheme' }).map((text) => [Buffer.from(text)]),
        ),
        cuts,
        async (whole, sizes) => {
          const bytes = Buffer.concat(whole)
          const chunks = cut(bytes, sizes).map((each, at) => [at, each] as const)
          const { reply } = recorded(asks(prompt('a')), { chunks })
          assert.deepEqual(await bytesOf(reply), bytes)
          const total = reply.chunks.reduce((sum, [delayMs]) => sum + delayMs, reply.endDelayMs)
          assert.equal(total, 1000)
        },
      ),
    ))

  it('is read as it was written', async () => {
    const folder = temporaryFolder()
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(json, pieces), { maxLength: 4 }), async (exchanges) => {
        const lines = exchanges.map(([body, each], order) =>
          recorded(asks(body), { order, chunks: each.map((bytes, at) => [at, bytes]) }),
        )
        const file = await writeCassette(folder, lines.toReversed())
        // -0 is 0 in JSON
        assert.deepEqual((await readCassette(file)).exchanges, JSON.parse(JSON.stringify(lines)))
        for (const line of lines) CassetteLine.parse(line)
      }),
      { numRuns: 50 },
    )
  })

  it('gives all whole lines, wherever its writer was killed', async () => {
    const folder = temporaryFolder()
    const lines = ['a', 'é', 'c'].map((text, order) => recorded(asks(prompt(text)), { order }))
    const file = await writeCassette(folder, lines)
    const bytes = readFileSync(file)
    const first = bytes.indexOf('\n') + 1
    const torn = join(folder, 'torn.jsonl')
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: first, max: bytes.length }), async (length) => {
        writeFileSync(torn, bytes.subarray(0, length))
        const { exchanges, notes } = await readCassette(torn)
        const text = bytes.subarray(0, length).toString('latin1')
        const ends = [...lines.keys()].filter((n) => text.length >= endOf(bytes, n + 1) - 1).length
        assert.deepEqual(exchanges, lines.slice(0, ends))
        assert.equal(notes.length, length > endOf(bytes, ends) ? 1 : 0)
      }),
    )
  })

  it('gives every recorded reply once when all is asked again, in any order', () =>
    fc.assert(
      fc.property(
        fc
          .array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 })
          .chain((texts) =>
            fc.tuple(fc.constant(texts), fc.shuffledSubarray([...texts.keys()], { minLength: texts.length })),
          ),
        fc.constantFrom('strict' as const, 'lenient' as const),
        ([texts, order], matching) => {
          const asked = texts.map((text) => asks(prompt(text)))
          const player = cassettePlayer(cassetteOf(asked), { matching })
          const given = order.map((at) => player.next(asks(prompt(texts[at] ?? ''))))
          assert.equal(new Set(given.map(({ exchange }) => exchange)).size, texts.length)
          for (const [n, { exchange }] of given.entries()) {
            assert.equal(exchange?.keys.strict, asks(prompt(texts[order[n] ?? 0] ?? '')).keys.strict)
          }
          assert.deepEqual(player.told().left, 0)
        },
      ),
    ))
})

describe('the keys of a request', () => {
  it('do not depend on the order of members anywhere, and are equal where strict ones are', () =>
    fc.assert(
      fc.property(json, (body) => {
        assert.deepEqual(asks(reversed(body)).keys, asks(body).keys)
      }),
    ))

  it('are strictly equal just where there is no first difference', () =>
    fc.assert(
      fc.property(json, json, (one, other) => {
        const [a, b] = [askedOf(came(one), noSecrets), askedOf(came(other), noSecrets)]
        assert.equal(a.keys.strict === b.keys.strict, firstDifference(a.body, b.body) === null)
      }),
    ))

  it('have nothing left to make steady in a text that is steady', () =>
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.uuid(), fc.date({ noInvalidDate: true }).map(String), fc.string(), fc.webUrl())),
        (words) => {
          const steady = steadyText(words.join(' '))
          assert.equal(steadyText(steady), steady)
        },
      ),
    ))
})

/** Where the line of this number (0 = the header) ends, its newline included. */
function endOf(bytes: Buffer, number: number): number {
  let end = 0
  for (let line = 0; line <= number; line++) end = bytes.indexOf('\n', end) + 1
  return end
}

const came = (body: unknown) => ({ target: CHAT, query: '', body: Buffer.from(JSON.stringify({ body })) })

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, item]) => [name, reversed(item)]),
  )
}
