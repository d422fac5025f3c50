import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import express, { type ErrorRequestHandler } from 'express'
import { KnownError } from '../../src/errors.ts'
import { actorOf, authentication, requireScope } from '../../src/server/auth/authentication.ts'
import { authenticator } from '../../src/server/auth/authenticator.ts'
import { guessLimit } from '../../src/server/auth/guess-limit.ts'
import { keyUses } from '../../src/server/auth/key-uses.ts'
import { openSessions } from '../../src/server/auth/sessions.ts'
import { openStore } from '../../src/store/open-store.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const MAIN = resolve(import.meta.dirname, '../../src/cli/main.ts')

const failure: ErrorRequestHandler = (error, _request, response, _next) => {
  assert.ok(error instanceof KnownError, String(error))
  response.status(error.status).json(error.code)
}

/** A service on a store that other processes use too. */
async function service(db: string) {
  const store = openStore(db, { create: true })
  const nowMs = Date.now
  const uses = keyUses({ store, nowMs, onFailure: (error) => assert.fail(String(error)) })
  const [guesses, sessions] = [guessLimit({ nowMs }), openSessions({ nowMs })]
  const auth = authenticator({
    store,
    requiresKey: true,
    nowMs,
    publicUrl: null,
    guesses,
    sessions,
    onUse: uses.used,
  })
  const app = express()
  app.use(authentication(auth))
  app.get('/', requireScope('gate'), (_request, response) => void response.json(actorOf(response)))
  app.use(failure)
  const server = createServer(app)
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const bound = server.address()
  const url = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}/`
  return {
    ask: async (key: string) => (await fetch(url, { headers: { authorization: `Bearer ${key}` } })).json(),
    end: () => {
      server.closeAllConnections()
      server.close()
      uses.close()
      store.close()
    },
  }
}

describe('a key made in a shell', () => {
  it('opens a service that runs, until another process revokes it', async () => {
    const folder = temporaryFolder()
    const db = join(folder, 'store.db')
    const { ask, end } = await service(db)
    const env = { PATH: process.env.PATH, FORETOKEN_DB: db, NODE: process.execPath, MAIN }
    const sh = (script: string) => execFileSync('sh', ['-ec', script], { cwd: folder, env, encoding: 'utf8' })
    try {
      const key = sh(
        'KEY=$("$NODE" "$MAIN" keys create --name CI --scope gate 2>/dev/null); printf %s "$KEY"',
      )
      const [, id = ''] = key.split('_')
      assert.equal(await ask(key), id)
      sh(`"$NODE" "$MAIN" keys revoke ${id}`)
      assert.equal(await ask(key), 'key-refused')
    } finally {
      end()
    }
    assert.match(sh('"$NODE" "$MAIN" keys list'), /revoked .* used \d{4}-.* gate {2}CI\n$/)
    assert.match(sh('"$NODE" "$MAIN" keys audit'), /key\.revoke[\s\S]*key\.create/)
  })
})
