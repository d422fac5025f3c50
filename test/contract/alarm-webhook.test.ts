import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { json } from 'node:stream/consumers'
import { after, describe, it } from 'node:test'
import type { Alarm } from '../../src/learn/alarm.ts'
import { type AlarmOptions, type Alarms, openAlarms } from '../../src/server/alarms/open-alarms.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const alarm = (model: string, message = 'ranges hold 60 % of 100 runs'): Alarm => ({
  kind: 'coverage',
  agent: 'openhands',
  model,
  since: '2026-01-10T00:00:00.000Z',
  message,
  fix: 'train anew',
})

type Answer = (response: ServerResponse, count: number) => void
interface Hook {
  readonly url: string
  readonly got: { readonly event: string; readonly alarm: Alarm }[]
  readonly heads: IncomingMessage[]
}

/** A webhook that answers as it is told; 204 when it is told nothing. */
async function hook(answer: Answer = (response) => response.writeHead(204).end()): Promise<Hook> {
  const got: Hook['got'] = []
  const heads: IncomingMessage[] = []
  const server = createServer(async (request, response) => {
    heads.push(request)
    got.push((await json(request)) as Hook['got'][number])
    answer(response, got.length)
  })
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  after(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/secret-path`, got, heads }
}

async function alarmsTo(
  webhook: string | null,
  options: Partial<AlarmOptions> = {},
): Promise<Alarms & { readonly troubles: readonly string[]; readonly file: string }> {
  const troubles: string[] = []
  const file = options.file ?? join(temporaryFolder(), 'alarms.json')
  const alarms = await openAlarms({
    ...{ webhook, file, timeoutMs: 5000, tries: 3, firstPauseMs: 1, nowMs: () => Date.UTC(2026, 0, 15) },
    onTrouble: (message) => troubles.push(message),
    ...options,
  })
  after(alarms.close)
  return { ...alarms, troubles, file }
}

const events = ({ got }: Hook) => got.map(({ event, alarm }) => `${event} ${alarm.model}`)

describe('the webhook', () => {
  it('is sent each alarm once while it lasts, and once when it is over', async () => {
    const server = await hook()
    const alarms = await alarmsTo(server.url)
    alarms.tell('calibration', [alarm('a')])
    await alarms.settled()
    alarms.tell('calibration', [alarm('a', 'other numbers'), alarm('b')])
    await alarms.settled()
    alarms.tell('calibration', [alarm('b')])
    await alarms.settled()
    assert.deepEqual(events(server), ['raised a', 'raised b', 'cleared a'])
    assert.deepEqual(server.got[0], {
      ...{ schema: 'alarm/1', event: 'raised', at: '2026-01-15T00:00:00.000Z', alarm: alarm('a') },
    })
    const [head] = server.heads
    assert.deepEqual([head?.method, head?.headers['content-type']], ['POST', 'application/json'])
    assert.deepEqual(
      alarms.now().map(({ model }) => model),
      ['b'],
    )
  })

  it('hears of each source by itself: what one does not tell does not clear what another told', async () => {
    const server = await hook()
    const alarms = await alarmsTo(server.url)
    alarms.tell('training', [alarm('a')])
    alarms.tell('calibration', [])
    await alarms.settled()
    alarms.tell('training', [])
    await alarms.settled()
    assert.deepEqual(events(server), ['raised a', 'cleared a'])
  })

  it('is tried again until it takes the alarm', async () => {
    const server = await hook((response, count) => response.writeHead(count < 3 ? 503 : 200).end('{}'))
    const alarms = await alarmsTo(server.url)
    alarms.tell('calibration', [alarm('a')])
    await alarms.settled()
    assert.equal(server.got.length, 3)
    assert.deepEqual(alarms.troubles, [])
  })

  it('is given up after so many tries, told without its path, and tried again with the next', async () => {
    let isUp = false
    const server = await hook((response) => response.writeHead(isUp ? 200 : 500).end())
    const alarms = await alarmsTo(server.url)
    alarms.tell('calibration', [alarm('a')])
    await alarms.settled()
    assert.equal(server.got.length, 3)
    assert.match(alarms.troubles.join(), /^the webhook at 127\.0\.0\.1:\d+ .* it answered 500, 3 times$/)
    isUp = true
    alarms.tell('calibration', [alarm('a')])
    await alarms.settled()
    assert.equal(server.got.length, 4)
  })

  it('is not followed to another address', async () => {
    const other = await hook()
    const server = await hook((response) => response.writeHead(307, { location: other.url }).end())
    const alarms = await alarmsTo(server.url)
    alarms.tell('calibration', [alarm('a')])
    await alarms.settled()
    assert.equal(other.got.length, 0)
    assert.match(alarms.troubles.join(), /it answered 307/)
  })

  it('that never answers holds nothing up: the alarm is given up after its time, and the end does not wait', async () => {
    const server = await hook(() => {})
    const slow = await alarmsTo(server.url, { timeoutMs: 20 })
    slow.tell('calibration', [alarm('a')])
    await slow.settled()
    assert.match(slow.troubles.join(), /not reached \(TimeoutError\), 3 times/)
    const ending = await alarmsTo(server.url, { timeoutMs: 60_000, firstPauseMs: 60_000 })
    ending.tell('calibration', [alarm('a')])
    await ending.close()
    assert.deepEqual(ending.troubles, [])
  })

  it('is not sent again what it took before a restart, and is told what ended meanwhile', async () => {
    const server = await hook()
    const before = await alarmsTo(server.url)
    before.tell('calibration', [alarm('a'), alarm('b')])
    await before.settled()
    await before.close()
    const again = await alarmsTo(server.url, { file: before.file })
    again.tell('calibration', [alarm('a')])
    await again.settled()
    assert.deepEqual(events(server), ['raised a', 'raised b', 'cleared b'])
    assert.equal(JSON.parse(readFileSync(before.file, 'utf8')).told.length, 1)
  })

  it('is sent all that stands once more where it cannot be read what it took', async () => {
    const server = await hook()
    const file = join(temporaryFolder(), 'alarms.json')
    writeFileSync(file, '{"schema": "told-al')
    const alarms = await alarmsTo(server.url, { file })
    alarms.tell('calibration', [alarm('a')])
    await alarms.settled()
    assert.deepEqual(events(server), ['raised a'])
    assert.match(alarms.troubles.join(), /the text ends too early; alarms are sent once more/)
  })

  it('is nobody where none is named', async () => {
    const alarms = await alarmsTo(null)
    alarms.tell('calibration', [alarm('a')])
    await alarms.settled()
    assert.deepEqual(alarms.now(), [alarm('a')])
  })
})
