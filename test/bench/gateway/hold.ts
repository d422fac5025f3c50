/**
 * Holds so many streams open at an address, in a process of its own: `hold.ts URL KEY STREAMS` prints a line once all of
 * them have begun, and holds them until it is ended.
 */
import { Agent, request } from 'node:http'

const [url = '', key = '', streams = '1000'] = process.argv.slice(2)
const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY })
const body = JSON.stringify({
  model: 'open',
  stream: true,
  messages: [{ role: 'user', content: 'Wait. '.repeat(500) }],
})
const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` }
let begun = 0

for (let i = 0; i < Number(streams); i++) {
  const asked = request(`${url}/chat/completions`, { method: 'POST', agent, headers }, (reply) => {
    reply.once('data', () => {
      if (++begun === Number(streams)) process.stdout.write('open\n')
    })
    reply.resume()
  })
  asked.on('error', (error) => {
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  })
  asked.end(body)
}
