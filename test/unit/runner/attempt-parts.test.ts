import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gatewayTrouble } from '../../../src/runner/attempt/gateway-trouble.ts'
import { findOwnFile, readOwnFile } from '../../../src/runner/attempt/own-file.ts'
import { reachableMounts } from '../../../src/runner/attempt/programs.ts'
import { keepFile, keptAt } from '../../../src/runner/kept-files.ts'
import { endedExchange } from '../../fixtures/gateway/entries.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

describe('a file that an agent left', () => {
  it('is read by its path or the first of a pattern', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'home/logs'), { recursive: true })
    for (const name of ['b.jsonl', 'a.jsonl']) writeFileSync(join(folder, 'home/logs', name), name)
    assert.equal(String(await readOwnFile(folder, 'home/logs/b.jsonl')), 'b.jsonl')
    assert.equal(String(await findOwnFile(folder, 'home/**/*.jsonl')), 'a.jsonl')
    assert.equal(await findOwnFile(folder, 'home/*.txt'), null)
    assert.equal(await readOwnFile(folder, 'home/logs'), null)
  })

  it('is never one of the machine, by whatever link or path', async () => {
    const folder = join(temporaryFolder(), 'run')
    mkdirSync(join(folder, 'home'), { recursive: true })
    writeFileSync(join(folder, '../secret'), 'secret')
    symlinkSync('../../secret', join(folder, 'home/link'))
    symlinkSync('../..', join(folder, 'home/up'))
    for (const path of [
      'home/link',
      'home/up/secret',
      '../secret',
      '/etc/passwd',
      '../../../../../etc/passwd',
    ])
      assert.equal(await readOwnFile(folder, path), null, path)
    for (const pattern of ['home/l*', 'home/**/secret', '../s*'])
      assert.equal(await findOwnFile(folder, pattern), null)
  })

  it('is not waited for where it is a pipe', async () => {
    const folder = temporaryFolder()
    execFileSync('mkfifo', [join(folder, 'pipe')])
    assert.equal(await readOwnFile(folder, 'pipe'), null)
  })
})

describe('what is kept', () => {
  it('lies under the hash of its content, once', async () => {
    const folder = join(temporaryFolder(), 'files')
    const [one, again] = await Promise.all([
      keepFile(folder, Buffer.from('abc')),
      keepFile(folder, Buffer.from('abc')),
    ])
    assert.deepEqual(one, again)
    assert.equal(one.sha256, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    assert.equal(readFileSync(keptAt(folder, one.sha256), 'utf8'), 'abc')
    assert.equal(one.bytes, 3)
  })
})

describe('a mount', () => {
  it('comes from where any user can read it: what is closed to others is copied, once', async () => {
    const [closed, copies] = [temporaryFolder(), temporaryFolder()]
    chmodSync(closed, 0o700)
    writeFileSync(join(closed, 'tool'), 'x')
    const reachable = reachableMounts(copies)
    const mounts = [
      { source: '/usr/bin/env', target: '/a' },
      { source: join(closed, 'tool'), target: '/b' },
    ]
    const [one, again] = [await reachable(mounts), await reachable(mounts)]
    assert.deepEqual(one, again)
    assert.equal(one[0]?.source, '/usr/bin/env')
    assert.equal(one[1]?.source, join(copies, '1', 'tool'))
    assert.equal(readFileSync(one[1]?.source ?? '', 'utf8'), 'x')
  })
})

describe('trouble of the gateway', () => {
  const ended = (more: Parameters<typeof endedExchange>[2]) => endedExchange('key', 'x', more)

  it('is the last call that came to nothing for no fault of the agent', () => {
    assert.equal(gatewayTrouble([]), null)
    assert.equal(gatewayTrouble([ended({})]), null)
    assert.equal(
      gatewayTrouble([ended({}), ended({ ending: 'upstream-lost', status: null })]),
      'openai did not answer to the end',
    )
    assert.equal(
      gatewayTrouble([ended({ ending: 'rejected', status: 400 })]),
      'the gateway had no answer to a call',
    )
    for (const status of [401, 429, 500, 529])
      assert.equal(
        gatewayTrouble([ended({ ending: 'refused', status })]),
        `openai answered with status ${status}`,
      )
  })

  it('is none where the agent got over it, asked for what cannot be, or had no budget left', () => {
    assert.equal(gatewayTrouble([ended({ ending: 'upstream-lost', status: null }), ended({})]), null)
    assert.equal(gatewayTrouble([ended({ ending: 'refused', status: 400 })]), null)
    assert.equal(gatewayTrouble([ended({ ending: 'over-budget', status: 429 })]), null)
    assert.equal(
      gatewayTrouble([ended({}), ended({ kind: 'list', ending: 'upstream-lost', status: null })]),
      null,
    )
  })
})
