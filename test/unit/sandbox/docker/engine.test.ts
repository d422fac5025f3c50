import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { containerEvents } from '../../../../src/sandbox/docker/container-events.ts'
import { groupPath } from '../../../../src/sandbox/docker/container-group.ts'
import { dockerSandbox } from '../../../../src/sandbox/docker/docker-sandbox.ts'
import { connectTo, engineSocket, isMissing, reasonOf } from '../../../../src/sandbox/docker/engine.ts'
import { engineComplaints } from '../../../../src/sandbox/docker/requirements.ts'
import type { CgroupLayout, Hierarchy } from '../../../../src/sandbox/local/cgroup-layout.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'

describe('the engine', () => {
  it('is one of this machine, wherever its socket is', () => {
    assert.equal(engineSocket(undefined), '/var/run/docker.sock')
    assert.equal(engineSocket(''), '/var/run/docker.sock')
    assert.equal(engineSocket('unix:///run/user/0/docker.sock'), '/run/user/0/docker.sock')
    assert.equal(engineSocket('tcp://192.0.2.1:2375'), null)
    assert.equal(engineSocket('ssh://somewhere'), null)
  })

  it('is new enough, and none that tells less', () => {
    assert.deepEqual(engineComplaints({ api: 1.41, version: '20.10.24', parts: [{ Name: 'Engine' }] }), [])
    const said = (told: Parameters<typeof engineComplaints>[0]) =>
      engineComplaints(told).map(({ missing }) => missing)
    assert.match(said({ api: 1.4, version: '19.03', parts: [] }).join(), /20\.10 or newer \(this is 19\.03\)/)
    assert.match(said({ api: 1.41, version: '4', parts: [{ Name: 'Podman Engine' }] }).join(), /Podman/)
  })

  it('is complained of, with what to do, where it does not answer', async () => {
    const folder = temporaryFolder()
    const complaints = await dockerSandbox({ host: `unix://${join(folder, 'nosuch.sock')}` }).check()
    const found = complaints.find(({ missing }) => missing.includes('nosuch.sock'))
    assert.match(found?.missing ?? '', /ENOENT/)
    assert.match(found?.fix ?? '', /docker\.io/)
    const elsewhere = await dockerSandbox({ host: 'tcp://192.0.2.1:2375' }).check()
    assert.ok(elsewhere.some(({ missing }) => missing.includes('tcp://192.0.2.1:2375')))
  })

  it('gives reasons in its own words, and a bug is none', async () => {
    const answered = Object.assign(new Error('(HTTP code 404) no such container - No such image: x'), {
      ...{ statusCode: 404, json: { message: 'No such image: x' } },
    })
    assert.equal(reasonOf(answered), 'No such image: x')
    assert.equal(isMissing(answered), true)
    assert.match(
      reasonOf(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })),
      /REFUSED/,
    )
    assert.throws(() => reasonOf(new TypeError('x is not a function')), TypeError)
    assert.throws(() => reasonOf('no error at all'))
  })
})

describe('the group of a container', () => {
  const layout = (version: 1 | 2): CgroupLayout => {
    const one: Hierarchy = { version, root: '/sys/fs/cgroup', controllers: [] }
    return { memory: one, cpu: one, cpuacct: one, pids: one, kill: one }
  }
  const text = '9:name=systemd:/other\n4:memory:/foretoken/abc\n2:cpu,cpuacct:/else\n0::/foretoken/v2\n'

  it('is where memory is counted', () => {
    assert.equal(groupPath(text, layout(1)), '/foretoken/abc')
    assert.equal(groupPath(text, layout(2)), '/foretoken/v2')
    assert.equal(groupPath('', layout(1)), null)
  })
})

describe('the events of a container', () => {
  const line = (Action: string, execID?: string) =>
    `${JSON.stringify({ Action, Actor: { Attributes: execID === undefined ? {} : { execID } } })}\n`

  it('tell of the end of that command, or of the container before it', async () => {
    const end = async (pieces: readonly string[], command = 'mine') => {
      const server = await engineThatSays(pieces)
      try {
        const events = await containerEvents(await connectTo(server.path), 'c')
        return await events.ended(command).finally(events.close)
      } finally {
        server.close()
      }
    }
    const whole = line('exec_die', 'other') + line('exec_die', 'mine')
    assert.equal(await end([whole.slice(0, 30), whole.slice(30)]), 'command')
    assert.equal(await end([line('exec_die', 'other'), line('die')]), 'container')
    await assert.rejects(end([line('exec_die', 'other')]), /went away/)
  })
})

/** An engine that answers whatever it is asked with pieces of text, and ends. */
async function engineThatSays(pieces: readonly string[]): Promise<{ path: string; close: () => Server }> {
  const folder = temporaryFolder()
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'engine.sock')
  const server = createServer((_, response) => Readable.from(pieces).pipe(response))
  await new Promise<void>((listening) => server.listen(path, listening))
  return { path, close: () => server.close() }
}
