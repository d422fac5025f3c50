import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { BatchV1Api, CoreV1Api, KubeConfig, NetworkingV1Api } from '@kubernetes/client-node'
import { kubernetesSandbox } from '../../src/sandbox/kubernetes/kubernetes-sandbox.ts'
import { CLUSTER_ADDRESS, endProgram, kubeconfig, pods, startProgram } from '../fixtures/kubernetes.ts'

const box = pods()
const namespace = 'default'
const config = new KubeConfig()
config.loadFromFile(kubeconfig('admin'))
const core = config.makeApiClient(CoreV1Api)
const batch = config.makeApiClient(BatchV1Api)
const network = config.makeApiClient(NetworkingV1Api)
const RUNNER = fileURLToPath(new URL('../fixtures/kubernetes-runner.ts', import.meta.url))

const shell = (script: string): ['sh', '-c', string] => ['sh', '-c', script]

describe('a cluster', { timeout: 500_000 }, () => {
  it('is complained of right by right, and not where nothing is missing', async () => {
    assert.deepEqual(await box.backend.check(), [])
    const complaints = await kubernetesSandbox({ kubeconfig: kubeconfig('stranger') }).check()
    const missing = complaints.map((complaint) => complaint.missing)
    assert.ok(missing.includes('the right to create jobs in the namespace default'))
    assert.ok(missing.includes('the right to get pods/exec in the namespace default'))
    assert.equal(missing.length, 9)
    const ran = await pods({ kubeconfig: kubeconfig('stranger') }).run(['true'])
    assert.match(ran.infraReason ?? '', /403 Forbidden: .*cannot create resource "jobs"/)
  })

  it('is complained of where it is not there, or knows nobody by that name', async () => {
    const absent = join(box.folder, 'absent')
    const [none] = await kubernetesSandbox({ kubeconfig: absent }).check()
    assert.match(none?.missing ?? '', /a kubeconfig: .*absent/)
    const text = readFileSync(kubeconfig('admin'), 'utf8')
    writeFileSync(absent, text.replace(':6443', ':6444'))
    const [silent] = await kubernetesSandbox({ kubeconfig: absent }).check()
    assert.match(silent?.missing ?? '', /an answer from https:\/\/127\.0\.0\.1:6444: .*ECONNREFUSED/)
    writeFileSync(absent, text.replace('admin-token', 'nobody'))
    const [unknown] = await kubernetesSandbox({ kubeconfig: absent }).check()
    assert.match(unknown?.missing ?? '', /a user that https:.* knows/)
  })

  it('leads a run to its socket at the gateway, and nowhere else', async () => {
    const socket = join(box.folder, 'gateway.sock')
    const other = createServer((_, response) => response.end('of another run'))
    const server = createServer((request, response) => response.end(`hello ${request.url}`))
    await once(server.listen(socket), 'listening')
    chmodSync(socket, 0o600)
    await once(other.listen(0, '127.0.0.1'), 'listening')
    try {
      const bound = other.address()
      const port = typeof bound === 'object' ? bound?.port : 0
      const ask = `ask() {
  set -- $(echo "$1" | sed 's,http://,,; s,[:/], ,g')
  printf 'GET /%s HTTP/1.0\\r\\n\\r\\n' $3 | nc -w 2 $1 $2 | tail -n 1
  echo
}`
      const script = [
        ask,
        'ask $OPENAI_BASE_URL',
        'ask $FORETOKEN_GATEWAY/x',
        `ask http://127.0.0.1:${port}/x`,
      ]
      const ran = await box.run(shell(script.join('\n')), {
        gateway: { socket },
        env: { OPENAI_BASE_URL: 'http://127.0.0.1:4000/v1' },
      })
      assert.deepEqual([ran.stdout, ran.infraReason], ['hello /v1\nhello /x\n\n', null], ran.stderr)
    } finally {
      server.close()
      other.close()
    }
    const nowhere = await pods({ gatewayAddress: null }).run(['true'], { gateway: { socket } })
    assert.match(nowhere.infraReason ?? '', /no way to the gateway/)
  })

  it('is told to let a run reach nothing but the gateway, before the run begins', async () => {
    const stop = new AbortController()
    const socket = join(box.folder, 'nobody.sock')
    const [withGateway, without] = [{ gateway: { socket } }, {}].map((more) =>
      box.run(['sleep', '100'], more, stop.signal),
    )
    await until(async () => (await running()).length === 2)
    const { items } = await network.listNamespacedNetworkPolicy({ namespace })
    const egress = items.map(({ spec }) => spec?.egress ?? [])
    assert.deepEqual(egress.map((rules) => rules.length).sort(), [0, 1])
    assert.equal(egress.flat()[0]?.to?.[0]?.ipBlock?.cidr, `${CLUSTER_ADDRESS}/32`)
    assert.ok(items.every(({ spec }) => spec?.policyTypes?.join() === 'Ingress,Egress'))
    stop.abort()
    await Promise.all([withGateway, without])
    // They belong to their Jobs, and go with them.
    await until(async () => (await network.listNamespacedNetworkPolicy({ namespace })).items.length === 0)
  })

  it('may be out of reach for a while, and the run goes on', async () => {
    const run = box.run(shell('sleep 4; echo done'))
    await until(async () => (await running()).length === 1)
    endProgram('kube-apiserver')
    const silent = await kubernetesSandbox({ kubeconfig: kubeconfig('runner') }).check()
    assert.match(silent[0]?.missing ?? '', /an answer from .*does not answer/)
    startProgram('kube-apiserver')
    const ran = await run
    assert.deepEqual([ran.exit, ran.stdout, ran.infraReason], [0, 'done\n', null])
  })

  it('takes 20 runs on room for 4, and ends each of them well', { timeout: 300_000 }, async () => {
    let most = 0
    const watching = setInterval(async () => {
      most = Math.max(most, (await running()).length)
    }, 300)
    const floor = { cpus: 0.45, memoryBytes: 2 ** 24 }
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, at) => box.run(shell(`echo ${at}; sleep 3`), { floor })),
    )
    clearInterval(watching)
    assert.deepEqual(
      all.map(({ exit, stdout, infraReason }) => [exit, stdout, infraReason]),
      all.map((_, at) => [0, `${at}\n`, null]),
    )
    assert.equal(most, 4)
  })

  it('waits no longer for room than it is told to', async () => {
    const stop = new AbortController()
    const floor = { cpus: 1.5, memoryBytes: 2 ** 24 }
    const ceiling = { cpus: null, memoryBytes: null, pids: null }
    const first = box.run(['sleep', '100'], { floor, ceiling }, stop.signal)
    await until(async () => (await running()).length === 1)
    const hasty = pods({ patience: { roomMs: 1000, nodeMs: 0, serverMs: 1000 } })
    const second = await hasty.run(['true'], { floor, ceiling })
    assert.match(second.infraReason ?? '', /^Unschedulable: .*has had none for long/)
    stop.abort()
    await first
  })

  it('is rid of what a runner that was killed has left, and keeps what belongs to one that lives', {
    timeout: 120_000,
  }, async () => {
    const stop = new AbortController()
    const alive = box.run(['sleep', '100'], {}, stop.signal)
    const spec = box.specOf(['sleep', '100'])
    const runner = spawn(process.execPath, [RUNNER, kubeconfig('runner'), JSON.stringify(spec)])
    await until(async () => (await running()).length === 2)
    assert.deepEqual(await box.backend.sweep(), [])
    assert.equal((await batch.listNamespacedJob({ namespace })).items.length, 2)
    const exited = once(runner, 'exit')
    runner.kill('SIGKILL')
    await exited
    assert.deepEqual(await box.backend.sweep(), [spec.id])
    assert.equal((await batch.listNamespacedJob({ namespace })).items.length, 1)
    stop.abort()
    await alive
  })
})

/** The pods whose command runs. */
async function running(): Promise<readonly string[]> {
  const { items } = await core.listNamespacedPod({ namespace })
  return items
    .filter(({ status }) =>
      status?.containerStatuses?.some(({ name, state }) => name === 'command' && state?.running),
    )
    .map(({ metadata }) => metadata?.name ?? '')
}

async function until(is: () => Promise<boolean>): Promise<void> {
  while (!(await is())) await new Promise((resolve) => setTimeout(resolve, 100))
}
