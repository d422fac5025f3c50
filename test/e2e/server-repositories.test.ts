import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { openForecastPool } from '../../src/server/pool/open-forecast-pool.ts'
import { openServedRepositories } from '../../src/server/repositories/open-served-repositories.ts'
import { git, gitRepository } from '../fixtures/git-repository.ts'
import { askedTask, NEVER, workbenchSettings } from '../fixtures/server/forecast-pool.ts'
import { gitServer } from '../fixtures/server/git-server.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const HOST = 'git.internal.example'
const MODELS = resolve(import.meta.dirname, '../../models')

/** A key and a certificate for the host that nobody but the holder of the file trusts. */
function certificate() {
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(temporaryFolder(), name)) as [string, string]
  const what = ['-subj', `/CN=${HOST}`, '-addext', `subjectAltName=DNS:${HOST}`, '-days', '2', '-nodes']
  const args = ['req', '-x509', '-newkey', 'rsa:2048', '-keyout', key, '-out', cert, ...what]
  execFileSync('openssl', args, { stdio: 'pipe' })
  return { file: cert, key: readFileSync(key), cert: readFileSync(cert) }
}

describe('a git server of a team, over https in a private network', {
  skip: spawnSync('openssl', ['version']).status !== 0 && 'no openssl to make a certificate with',
}, () => {
  it('is read where its certificate is trusted, and a forecast is made of what it has', async () => {
    const repository = gitRepository([{ files: { 'a.py': 'def count(items):\n    return 1\n' } }])
    const { file, ...tls } = certificate()
    const server = await gitServer(repository, tls)
    const folder = temporaryFolder()
    const served = await openServedRepositories({
      registered: {},
      allowed: [{ url: `https://${HOST}:${server.port}/*`, private: true }],
      folder,
      mostBytes: 1e8,
      mostBytesEach: 1e7,
      fetchTimeoutMs: 20_000,
      mostAtOnce: 1,
      lookUp: async () => ['127.0.0.1'],
    })
    const pool = await openForecastPool({
      threads: 1,
      mostWaiting: 1,
      cwd: folder,
      settings: workbenchSettings(temporaryFolder(), MODELS),
      now: Date.now,
      onTrouble: assert.fail,
    })
    const asked = { name: null, url: `https://${HOST}:${server.port}/octo/repo.git`, commit: null }
    await assert.rejects(served.resolve(asked, NEVER), { code: 'repository-failed', message: /not trusted/ })
    process.env.GIT_SSL_CAINFO = file
    const { release, ...found } = await served.resolve(asked, NEVER)
    delete process.env.GIT_SSL_CAINFO
    const { commit, unread, forecasts } = await pool.forecast(askedTask(null, { repository: found }), NEVER)
    release()
    assert.deepEqual([commit, unread], [git(repository, 'rev-parse', 'main'), 0])
    assert.equal(forecasts[0]?.estimate.basis.repository, true)
    await Promise.all([pool.close(), served.close(), server.close()])
    assert.equal(readdirSync(folder).length, 1)
  })
})
