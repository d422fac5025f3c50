/**
 * Streams from an address, in a process of its own: `load.ts URL KEY MODEL CONNECTIONS SECONDS`. Each connection asks for
 * one stream after the other; prints what they took as JSON. The first second is not counted.
 */
import { Agent, request } from 'node:http'
import { quantile } from '../../../src/regress/quantile.ts'

/** What streams took. Times in ms. */
export interface LoadTaken {
  readonly streams: number
  readonly perSecond: number
  readonly failed: number
  /** From the request to the first byte of the body. */
  readonly first: Quantiles
  /** From the sending of a chunk to its arrival, where chunks tell when they were sent. */
  readonly chunk: Quantiles | null
}

export interface Quantiles {
  readonly p50: number
  readonly p99: number
}

const [url = '', key = '', model = '', connections = '50', seconds = '5'] = process.argv.slice(2)
const target = new URL(`${url}/chat/completions`)
const agent = new Agent({ keepAlive: true, maxSockets: Number(connections) })
const body = JSON.stringify({
  model,
  stream: true,
  messages: [
    { role: 'system', content: 'You are a coding agent. '.repeat(40) },
    { role: 'user', content: 'Mend the bug. '.repeat(200) },
  ],
})
const headers = {
  'content-type': 'application/json',
  authorization: `Bearer ${key}`,
  'content-length': String(Buffer.byteLength(body)),
}
const WARM_MS = 1000
const startMs = performance.now()
const endMs = startMs + WARM_MS + Number(seconds) * 1000
const firsts: number[] = []
const chunks: number[] = []
let [streams, failed] = [0, 0]

await Promise.all(Array.from({ length: Number(connections) }, one))
const taken: LoadTaken = {
  streams,
  failed,
  perSecond: streams / Number(seconds),
  first: quantiles(firsts),
  chunk: chunks.length === 0 ? null : quantiles(chunks),
}
process.stdout.write(JSON.stringify(taken))
agent.destroy()

async function one(): Promise<void> {
  while (performance.now() < endMs) await stream()
}

function stream(): Promise<void> {
  const beganMs = performance.now()
  const isCounted = beganMs > startMs + WARM_MS
  return new Promise((resolve) => {
    const lose = (): void => {
      failed++
      resolve()
    }
    const asked = request(target, { method: 'POST', agent, headers }, (reply) => {
      let isFirst = true
      let tail = ''
      reply.setEncoding('latin1')
      reply.on('data', (text: string) => {
        const now = performance.now()
        if (isFirst && isCounted) firsts.push(now - beganMs)
        isFirst = false
        tail = text.slice(-14)
        if (isCounted)
          for (const [, sent] of text.matchAll(/@([\d.]+)@/g))
            chunks.push(performance.timeOrigin + now - Number(sent))
      })
      reply.on('end', () => {
        if (!tail.startsWith('data: [DONE]')) return lose()
        if (isCounted && performance.now() <= endMs) streams++
        resolve()
      })
      reply.on('error', lose)
    })
    asked.on('error', lose)
    asked.end(body)
  })
}

function quantiles(values: readonly number[]): Quantiles {
  return { p50: quantile(values, 0.5), p99: quantile(values, 0.99) }
}
