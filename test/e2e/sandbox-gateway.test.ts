import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { outcomeOf } from '../../src/sandbox/outcome.ts'
import { GATEWAY_PORT } from '../../src/sandbox/sandbox.ts'
import { QUESTIONS } from '../fixtures/gateway/same-question.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { watchedGateway } from '../fixtures/gateway/watched-gateway.ts'
import { hostAddress } from '../fixtures/host-address.ts'
import { eachBackend } from '../fixtures/sandbox.ts'

const python = (script: string): [string, '-c', string] => ['/usr/bin/python3', '-c', script]
for (const { box, skip } of Object.values(await eachBackend('gateway')))
  describe(`the way to the gateway from a ${box.kind} sandbox`, { skip }, () => {
    it('is the one address that answers, and answers as the run', async () => {
      const socket = join(box.folder, 'gateway.sock')
      const server = createServer((request, response) => response.end(`hello ${request.url}`))
      await once(server.listen(socket), 'listening')
      chmodSync(socket, 0o600)
      const ask = `import os, urllib.request, socket
print(os.environ["FORETOKEN_GATEWAY"])
print(urllib.request.urlopen(os.environ["FORETOKEN_GATEWAY"] + "/v1").read().decode())
for port in [1, 80, ${GATEWAY_PORT + 1}]:
    print(socket.socket().connect_ex(("127.0.0.1", port)))
print(socket.socket().connect_ex(("${hostAddress()}", ${GATEWAY_PORT})))`
      try {
        const ran = await box.run(python(ask), { gateway: { socket } })
        assert.equal(ran.stderr, '')
        assert.equal(ran.stdout, `http://127.0.0.1:${GATEWAY_PORT}\nhello /v1\n111\n111\n111\n101\n`)
        const larger = await box.run(
          python(
            `import urllib.request; print(len(urllib.request.urlopen("http://127.0.0.1:4000/${'x'.repeat(5000)}").read()))`,
          ),
          { gateway: { socket } },
        )
        assert.equal(larger.stdout, '5007\n')
      } finally {
        server.close()
      }
    })

    it('leads to the run it is of, and its calls are counted there', async () => {
      const upstream = await scriptedUpstream({ script: mendScript })
      const watched = await watchedGateway(upstream.url)
      const [path, body] = QUESTIONS['openai-chat'](false)
      const [mine, other] = [watched.gateway.openRun(), watched.gateway.openRun()]
      const socket = join(box.folder, 'of-the-run.sock')
      try {
        await mine.openSocket(socket)
        const ask = `import os, json, urllib.request as web
request = web.Request(os.environ["FORETOKEN_GATEWAY"] + ${JSON.stringify(path)}, data=${JSON.stringify(JSON.stringify(body))}.encode(), headers={"content-type": "application/json", "authorization": "Bearer anything"})
print(sorted(json.load(web.urlopen(request))))`
        const ran = await box.run(python(ask), { gateway: { socket } })
        assert.equal(ran.exit, 0, ran.stderr)
        assert.match(ran.stdout, /'choices'/)
        assert.deepEqual([mine.exchanges().length, other.exchanges().length], [1, 0])
      } finally {
        await watched.gateway.close()
        await upstream.close()
      }
    })

    it('ends at the budget of the run, which is then what decided', async () => {
      const upstream = await scriptedUpstream({ script: mendScript })
      const watched = await watchedGateway(upstream.url)
      const [path, body] = QUESTIONS['openai-chat'](false)
      const capped = watched.gateway.openRun({ limits: { calls: 1 } })
      const socket = join(box.folder, 'capped.sock')
      try {
        await capped.openSocket(socket)
        const ask = `import os, urllib.request as web
for _ in range(2):
    web.urlopen(web.Request(os.environ["FORETOKEN_GATEWAY"] + ${JSON.stringify(path)}, data=${JSON.stringify(JSON.stringify(body))}.encode(), headers={"content-type": "application/json", "authorization": "Bearer anything"})).read()
    print("answered", flush=True)`
        const facts = await box.run(python(ask), { gateway: { socket } })
        assert.deepEqual([facts.stdout, facts.exit, facts.infraReason], ['answered\n', 1, null])
        const budgetExhausted = watched.events.some(({ kind }) => kind === 'over-budget')
        const outcome = outcomeOf({ facts, check: 'failed', budgetExhausted, gatewayFailed: false })
        assert.equal(outcome, 'budget-exhausted')
      } finally {
        await watched.gateway.close()
        await upstream.close()
      }
    })

    it('is waited for no longer than the run has time', async () => {
      const ran = await box.run(['true'], { gateway: { socket: '/nosuch' }, timeoutMs: 1 })
      assert.deepEqual([ran.started, ran.timedOut], [false, false])
    })

    it('is an infra reason where it cannot be made, and the command does not begin', async () => {
      const ran = await box.run(['true'], { gateway: { socket: join(box.folder, 'nosuch.sock') } })
      assert.equal(ran.started, false)
      assert.match(ran.infraReason ?? '', /nosuch\.sock/)
      assert.deepEqual(box.traces(), [])
    })
  })
