import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { pipeline } from 'node:stream'
import { InfraError } from '../local/infra-error.ts'

/** A port of this machine that leads to the socket of one run at the gateway. */
export interface Way {
  /** `http://10.0.0.7:41234` */
  readonly url: string
  readonly close: () => Promise<void>
}

/** Opens it at an address that pods can reach; the port says whose run it is. @throws InfraError where it cannot listen there */
export async function openWay(socket: string, address: string): Promise<Way> {
  const open = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ path: socket, allowHalfOpen: true })
    for (const side of [near, far]) side.on('close', () => open.delete(side)) && open.add(side)
    join(near, far)
    join(far, near)
  })
  try {
    await once(server.listen({ host: address, port: 0 }), 'listening')
  } catch (error) {
    throw new InfraError(`no way to the gateway: ${error instanceof Error ? error.message : error}`)
  }
  const bound = server.address()
  const port = typeof bound === 'object' && bound !== null ? bound.port : 0
  return {
    url: `http://${address.includes(':') ? `[${address}]` : address}:${port}`,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const side of open) side.destroy()
      await closed
    },
  }
}

/** A side that breaks off ends the other; one that says it is done is only passed on. */
function join(from: Socket, to: Socket): void {
  pipeline(from, to, (error) => {
    if (error) to.destroy()
  })
}
