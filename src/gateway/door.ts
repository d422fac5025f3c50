import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ListenAt, listenOn } from './listen.ts'

/** A server that can be ended in order. */
export interface Door {
  readonly address: string
  /** Ends requests that are still on their way in, waits for those that are being served, then closes. */
  readonly close: () => Promise<void>
}

/** Serves a request; `onReceived` = all of it is here. Nothing to wait for where nothing comes back. */
type Serve = (
  request: IncomingMessage,
  response: ServerResponse,
  onReceived: () => void,
) => Promise<void> | undefined

/** @throws KnownError `bad-setting` where it cannot listen */
export async function openDoor(at: ListenAt, serve: Serve): Promise<Door> {
  const arriving = new Set<IncomingMessage>()
  const serving = new Set<Promise<void>>()
  const server = await listenOn(at, (request, response) => {
    const arrive = (): void => void arriving.delete(request)
    arriving.add(request)
    const served = serve(request, response, arrive)
    if (served === undefined) return arrive()
    serving.add(served)
    void served.finally(() => {
      arrive()
      serving.delete(served)
    })
  })
  return {
    address: server.address,
    async close() {
      for (const request of arriving) request.destroy()
      await Promise.all([...serving])
      await server.close()
    },
  }
}
