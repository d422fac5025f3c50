import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { it } from 'node:test'
import { ROOT } from '../fixtures/built-cli.ts'
import { testService } from '../fixtures/server/test-service.ts'

const service = await testService({ settings: { keysRequired: true } })

it('A key made in a shell opens a service that runs, until another process revokes it', async () => {
  const MAIN = join(ROOT, 'dist/cli/main.js')
  const env = { PATH: process.env.PATH, FORETOKEN_DB: service.database, NODE: process.execPath, MAIN }
  const sh = (script: string): string =>
    execFileSync('sh', ['-ec', script], { cwd: service.folder, env, encoding: 'utf8' })
  const key = sh('KEY=$("$NODE" "$MAIN" keys create --name CI --scope gate 2>/dev/null); printf %s "$KEY"')
  const [, id = ''] = key.split('_')
  const ask = async (): Promise<number> =>
    (await service.fetch('/v1/models', { headers: { authorization: `Bearer ${key}` } })).status
  assert.equal(await ask(), 200)
  sh(`"$NODE" "$MAIN" keys revoke ${id}`)
  assert.equal(await ask(), 401)
  await service.close()
  assert.match(sh('"$NODE" "$MAIN" keys list'), /revoked .* used \d{4}-.* gate {2}CI\n$/)
  assert.match(sh('"$NODE" "$MAIN" keys audit'), /key\.revoke[\s\S]*key\.create/)
})
