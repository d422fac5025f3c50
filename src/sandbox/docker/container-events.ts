import type { Readable } from 'node:stream'
import { InfraError } from '../local/infra-error.ts'
import type { Engine } from './engine.ts'

/** What the engine tells of one container while it runs. */
export interface ContainerEvents {
  /** Settles when the command of that number has ended, or the container before it. @throws where the engine goes away */
  readonly ended: (command: string) => Promise<'command' | 'container'>
  readonly close: () => void
}

interface Event {
  readonly Action: string
  readonly Actor?: { readonly Attributes?: { readonly execID?: string } }
}

/** Listens before anything is started, so that nothing is missed. */
export async function containerEvents(engine: Engine, container: string): Promise<ContainerEvents> {
  const filters = { container: [container], event: ['exec_die', 'die'] }
  const stream = (await engine.getEvents({ filters: JSON.stringify(filters) })) as Readable
  const seen: Event[] = []
  let lost = false
  let wake = () => {}
  read(stream, (event) => {
    seen.push(event)
    wake()
  }).finally(() => {
    lost = true
    wake()
  })
  return {
    async ended(command) {
      for (;;) {
        if (seen.some((event) => isEndOf(command, event))) return 'command'
        if (seen.some(({ Action }) => Action === 'die')) return 'container'
        if (lost) throw new InfraError('the engine went away while the command ran')
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    close: () => stream.destroy(),
  }
}

const isEndOf = (command: string, { Action, Actor }: Event): boolean =>
  Action === 'exec_die' && Actor?.Attributes?.execID === command

/** One JSON document per line. A stream that breaks ends. */
async function read(stream: Readable, tell: (event: Event) => void): Promise<void> {
  let text = ''
  try {
    for await (const piece of stream.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (text + piece).split('\n')
      text = lines.pop() ?? ''
      for (const line of lines.filter(Boolean)) tell(JSON.parse(line) as Event)
    }
  } catch (error) {
    if (error instanceof SyntaxError) throw error
  }
}
