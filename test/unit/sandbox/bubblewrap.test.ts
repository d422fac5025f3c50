import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { sandboxCommand } from '../../../src/sandbox/local/bubblewrap.ts'
import type { SandboxSpec } from '../../../src/sandbox/sandbox.ts'

const SPEC: SandboxSpec = {
  id: 'run-1',
  image: null,
  command: ['agent', '--task', '$(rm -rf /); "quoted"'],
  env: { KEY: 'a secret', PATH: '/own/bin' },
  workspace: '/srv/runs/1',
  readOnly: [{ source: '/opt/tools', target: '/tools' }],
  floor: { cpus: 1, memoryBytes: 1 },
  ceiling: { cpus: null, memoryBytes: null, pids: null },
  temporaryBytes: 1000,
  timeoutMs: 1,
  graceMs: 1,
  gateway: null,
  stdout: { path: '/x', maxBytes: 1 },
  stderr: { path: '/y', maxBytes: 1 },
}
const PLACE = {
  uid: 1_900_000_000,
  users: '/run/foretoken/users',
  workspace: '/srv/runs/1',
  links: { bin: 'usr/bin' },
}

const { line, args } = sandboxCommand(SPEC, PLACE)
const said = args.join(' ')

describe('the line of a sandbox', () => {
  it('becomes another user before it is a sandbox, and passes the command on word by word', () => {
    assert.deepEqual(line.slice(0, 3), ['setpriv', '--reuid', '1900000000'])
    assert.ok(line.indexOf('--clear-groups') < line.indexOf('bwrap'))
    assert.deepEqual(line.slice(line.indexOf('--')), ['--', ...SPEC.command])
  })

  it('tells no other user of the host what the environment is', () => {
    assert.ok(!line.join(' ').includes('a secret'))
    assert.ok(said.includes('--setenv KEY a secret'))
  })

  it('gives the command nothing of the environment but its own, which comes first', () => {
    assert.ok(args.indexOf('--clearenv') < args.indexOf('--setenv'))
    const names = args.flatMap((arg, at) => (arg === '--setenv' ? [args[at + 1]] : []))
    assert.deepEqual(names, ['PATH', 'HOME', 'LANG', 'TMPDIR', 'KEY'])
    assert.ok(said.includes('--setenv PATH /own/bin'))
  })

  it('has every namespace, no right, and the workspace as the only folder of the host that can be written', () => {
    for (const flag of [
      '--unshare-all',
      '--disable-userns',
      '--cap-drop ALL',
      '--die-with-parent',
      '--new-session',
    ])
      assert.ok(said.includes(flag), flag)
    assert.deepEqual(
      args.flatMap((arg, at) => (arg === '--bind' ? [args.slice(at + 1, at + 3)] : [])),
      [['/srv/runs/1', '/workspace']],
    )
    assert.deepEqual(args.slice(args.lastIndexOf('--remount-ro')), [
      '--remount-ro',
      '/',
      '--chdir',
      '/workspace',
    ])
  })

  it('has the folders of the system as this machine has them', () => {
    assert.ok(said.includes('--symlink usr/bin /bin'))
    assert.ok(said.includes('--ro-bind-try /lib64 /lib64'))
    assert.ok(said.includes('--ro-bind /opt/tools /tools'))
  })

  it('waits for the way to the gateway where there is one, and says where it is', () => {
    const withGateway = sandboxCommand({ ...SPEC, gateway: { socket: '/s' } }, PLACE).args.join(' ')
    assert.ok(withGateway.includes('--block-fd 4'))
    assert.ok(withGateway.includes('--setenv FORETOKEN_GATEWAY http://127.0.0.1:4000'))
    assert.ok(!said.includes('--block-fd') && !said.includes('FORETOKEN_GATEWAY'))
  })
})
