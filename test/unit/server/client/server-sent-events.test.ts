import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type ServerSentEvent, serverSentEvents } from '../../../../src/server/client/server-sent-events.ts'
import { collected } from '../../../fixtures/collected.ts'

const read = (chunks: readonly Uint8Array[]): Promise<ServerSentEvent[]> =>
  collected(serverSentEvents(ReadableStream.from(chunks) as ReadableStream<Uint8Array>))

const readText = (text: string): Promise<ServerSentEvent[]> => read([new TextEncoder().encode(text)])

describe('server-sent events', () => {
  it('are the same wherever the network cuts them, however lines end', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({ id: fc.option(fc.nat().map(String)), data: fc.json({ stringUnit: 'grapheme' }) }),
          { maxLength: 5 },
        ),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
        async (told, line, sizes) => {
          const lines = told.flatMap(({ id, data }) => [
            ': ',
            '',
            ...(id === null ? [] : [`id: ${id}`]),
            'event: x',
            `data: ${data}`,
            '',
          ])
          const bytes = new TextEncoder().encode(lines.map((each) => each + line).join(''))
          const chunks: Uint8Array[] = []
          for (let at = 0, i = 0; at < bytes.length; i++) {
            const size = sizes[i % sizes.length] ?? 1
            chunks.push(bytes.subarray(at, at + size))
            at += size
          }
          assert.deepEqual(
            await read(chunks),
            told.map(({ id, data }) => ({ id, event: 'x', data })),
          )
        },
      ),
    ))

  it('have data of several lines, and a name only where they are given one', async () => {
    assert.deepEqual(await readText('data: a\ndata:b\n\n'), [{ id: null, event: 'message', data: 'a\nb' }])
  })

  it('are none where they have no data, or are not closed', async () => {
    assert.deepEqual(await readText('event: x\n\ndata: cut off'), [])
  })
})
