import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { openWay } from '../../../../src/sandbox/kubernetes/way.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'

describe('the way of a run to the gateway', () => {
  it('leads from its port to its socket, and lets either side finish first', async () => {
    const socket = join(temporaryFolder(), 'socket')
    const server = createServer({ allowHalfOpen: true }, async (side) => side.end(`${await text(side)}!`))
    await once(server.listen(socket), 'listening')
    const way = await openWay(socket, '127.0.0.1')
    const { hostname, port } = new URL(way.url)
    assert.equal(hostname, '127.0.0.1')
    const near = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
    near.end('hello')
    assert.equal(await text(near), 'hello!')
    await way.close()
    server.close()
  })

  it('ends with the run, also what is open', async () => {
    const socket = join(temporaryFolder(), 'socket')
    const server = createServer(() => {})
    await once(server.listen(socket), 'listening')
    const way = await openWay(socket, '127.0.0.1')
    const { hostname, port } = new URL(way.url)
    const near = connect({ host: hostname, port: Number(port) })
    await Promise.all([once(near, 'connect'), once(server, 'connection')])
    const closed = once(near, 'close')
    near.on('error', () => {})
    await way.close()
    await closed
    await assert.rejects(once(connect({ host: hostname, port: Number(port) }), 'connect'), {
      code: 'ECONNREFUSED',
    })
    server.close()
  })

  it('cannot be opened at an address of another machine', async () => {
    await assert.rejects(openWay('/nosuch', '192.0.2.1'), /no way to the gateway: .*EADDRNOTAVAIL/)
  })
})
