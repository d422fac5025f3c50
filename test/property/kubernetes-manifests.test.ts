import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { BatchV1Api, KubeConfig, NetworkingV1Api } from '@kubernetes/client-node'
import fc from 'fast-check'
import { Job } from 'kubernetes-models/batch/v1'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1'
import { literally } from '../../src/sandbox/kubernetes/environment.ts'
import { nameOf } from '../../src/sandbox/kubernetes/labels.ts'
import { type JobRun, job, networkPolicy } from '../../src/sandbox/kubernetes/manifests.ts'
import { quantity } from '../../src/sandbox/kubernetes/quantity.ts'
import { jobRun } from '../fixtures/job-run.ts'

const bytes = fc.integer({ min: 1, max: 2 ** 45 })
const cpus = fc.double({ min: 0.001, max: 512, noNaN: true })
const text = fc.string({ maxLength: 30 })
const word = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,20}$/)
const millis = fc.integer({ min: 1, max: 10 ** 9 })
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })

const spec = fc.record({
  id: fc.string({ minLength: 1, maxLength: 200 }),
  command: fc.array(text, { maxLength: 5 }).map((rest): [string, ...string[]] => ['agent', ...rest]),
  env: fc.dictionary(word, text, { maxKeys: 6 }),
  floor: fc.record({ cpus, memoryBytes: bytes }),
  ceiling: fc.record({ cpus: nullable(cpus), memoryBytes: nullable(bytes), pids: nullable(fc.nat(5000)) }),
  temporaryBytes: bytes,
  timeoutMs: millis,
  graceMs: millis,
})

const runs: fc.Arbitrary<JobRun> = fc
  .record({
    gateway: nullable(fc.ipV4().map((address) => `http://${address}:8080`)),
    queue: nullable(fc.stringMatching(/^[a-z][a-z0-9]{0,20}$/)),
    hasFailurePolicy: fc.boolean(),
    pullPolicy: fc.constantFrom('Always', 'IfNotPresent', 'Never'),
    uid: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
    allowanceMs: fc.nat(10 ** 8),
    spec,
  })
  .map(({ spec, ...more }) => jobRun(more, spec))

describe('every manifest', () => {
  it('is valid, whatever is to be run', () =>
    fc.assert(
      fc.property(runs, (run) => {
        new Job(sent(job(run))).validate()
        new NetworkPolicy(sent(networkPolicy(run, 'uid'))).validate()
      }),
    ))

  it('is looked at by a judge that finds what is wrong', () => {
    const wrong = job(jobRun())
    Reflect.set(wrong.spec?.template.spec?.containers[0] ?? {}, 'image', 7)
    assert.throws(() => new Job(sent(wrong)).validate(), /image must be string/)
  })

  it('has names and labels that the server takes, and two runs never the same', () =>
    fc.assert(
      fc.property(runs, fc.string(), (run, other) => {
        const { metadata } = job(run)
        assert.match(metadata?.name ?? '', /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/)
        for (const value of Object.values(metadata?.labels ?? {}))
          assert.match(value, /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/)
        assert.equal(nameOf(run.spec.id) === nameOf(other), run.spec.id === other)
      }),
    ))

  it('asks for no less than the floor, and allows no more than the ceiling but for a fraction of a core', () =>
    fc.assert(
      fc.property(runs, (run) => {
        const command = job(run).spec?.template.spec?.containers[0]
        const { floor, ceiling } = run.spec
        const { requests, limits } = command?.resources ?? {}
        assert.ok(quantity(requests?.cpu) >= floor.cpus - 1e-9)
        assert.ok(quantity(requests?.memory) >= floor.memoryBytes)
        assert.equal(limits?.cpu === undefined, ceiling.cpus === null)
        assert.equal(limits?.memory === undefined, ceiling.memoryBytes === null)
        if (ceiling.cpus !== null) assert.ok(Math.abs(quantity(limits?.cpu) - ceiling.cpus) <= 0.001)
        if (ceiling.memoryBytes !== null) assert.ok(quantity(limits?.memory) <= ceiling.memoryBytes)
      }),
    ))

  it('passes every word on as it is, past the replacement that Kubernetes does', () =>
    fc.assert(
      fc.property(fc.array(fc.constantFrom('$', '$$', '(', ')', 'HOME', '$(HOME)', ' ', 'x')), (parts) => {
        const given = parts.join('')
        assert.equal(expanded(literally(given), { HOME: '/root' }), given)
      }),
    ))

  it('reaches the server with every field that it has', async () => {
    const taken: unknown[] = []
    const server = createServer(async (request, response) => {
      taken.push(await json(request))
      response.setHeader('content-type', 'application/json').end('{}')
    })
    await once(server.listen(0, '127.0.0.1'), 'listening')
    try {
      const bound = server.address()
      const config = new KubeConfig()
      const at = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`
      config.loadFromClusterAndUser({ name: 'c', server: at, skipTLSVerify: true }, { name: 'u' })
      const run = jobRun({ queue: 'q', hasFailurePolicy: true, gateway: 'http://10.0.0.1:1' })
      const [body, policy] = [job(run), networkPolicy(run, 'uid')]
      await config.makeApiClient(BatchV1Api).createNamespacedJob({ namespace: 'n', body })
      await config
        .makeApiClient(NetworkingV1Api)
        .createNamespacedNetworkPolicy({ namespace: 'n', body: policy })
      // The client leaves out what no type of the API has.
      assert.deepEqual(taken, JSON.parse(JSON.stringify([body, policy])))
    } finally {
      server.close()
      server.closeAllConnections()
    }
  })
})

/** As it goes over the wire. */
const sent = (manifest: object) => JSON.parse(JSON.stringify(manifest))

/** As third_party/forked/golang/expansion of Kubernetes does it. */
function expanded(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (all, name: string | undefined) => {
    if (name === undefined) return all === '$$' ? '$' : all
    return values[name] ?? all
  })
}
