import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { job, networkPolicy } from '../../../../src/sandbox/kubernetes/manifests.ts'
import { jobRun } from '../../../fixtures/job-run.ts'

const rendered = job(jobRun())
const podOf = (made: typeof rendered) => made.spec?.template.spec
const containerOf = (made: typeof rendered, name: string) =>
  [...(podOf(made)?.initContainers ?? []), ...(podOf(made)?.containers ?? [])].find(
    (each) => each.name === name,
  )

describe('the Job of a run', () => {
  it('is tried once, and goes away by itself', () => {
    const { completions, parallelism, backoffLimit, ttlSecondsAfterFinished } = rendered.spec ?? {}
    assert.deepEqual([completions, parallelism, backoffLimit, ttlSecondsAfterFinished], [1, 1, 0, 600])
    assert.equal(podOf(rendered)?.restartPolicy, 'Never')
    assert.equal('suspend' in (rendered.spec ?? {}), false)
  })

  it('sets the floor aside, and is stopped at the ceiling where there is one', () => {
    assert.deepEqual(containerOf(rendered, 'command')?.resources, {
      requests: { cpu: '500m', memory: '1000' },
      limits: { cpu: '1500m', memory: '4000' },
    })
    const uncapped = job(jobRun({}, { ceiling: { cpus: null, memoryBytes: null, pids: null } }))
    assert.deepEqual(containerOf(uncapped, 'command')?.resources, {
      requests: { cpu: '500m', memory: '1000' },
    })
  })

  it('has the time limit inside, and a deadline that only counts when all else has failed', () => {
    const { args } = containerOf(rendered, 'command') ?? {}
    assert.deepEqual(args?.slice(0, 3), ['60', '60.5', '116'])
    assert.equal(podOf(rendered)?.activeDeadlineSeconds, 70)
    assert.equal(rendered.spec?.activeDeadlineSeconds, undefined)
  })

  it('has no rights, in the cluster or on the node', () => {
    const pod = podOf(rendered)
    assert.deepEqual([pod?.automountServiceAccountToken, pod?.enableServiceLinks], [false, false])
    const { runAsNonRoot, runAsUser, runAsGroup, seccompProfile } = pod?.securityContext ?? {}
    assert.deepEqual([runAsNonRoot, runAsUser, runAsGroup], [true, 2_000_000, 2_000_000])
    assert.deepEqual(seccompProfile, { type: 'RuntimeDefault' })
    for (const name of ['feed', 'command', 'keep'])
      assert.deepEqual(containerOf(rendered, name)?.securityContext, {
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      })
  })

  it('keeps from the command what its keepers have', () => {
    const mounts = containerOf(rendered, 'command')?.volumeMounts ?? []
    assert.deepEqual(
      mounts.map(({ mountPath, subPath, readOnly }) => [mountPath, subPath, readOnly]),
      [
        ['/workspace', 'workspace', undefined],
        ['/foretoken', 'shared', undefined],
        ['/tmp', undefined, undefined],
        ['/dev/shm', undefined, undefined],
        ['/tools', 'inputs/0', true],
        ['/issue.md', 'inputs/1/issue.md', true],
      ],
    )
    const [run, tmp, shm] = podOf(rendered)?.volumes ?? []
    assert.deepEqual(run?.emptyDir, { sizeLimit: '6000' })
    for (const volume of [tmp, shm])
      assert.deepEqual(volume?.emptyDir, { medium: 'Memory', sizeLimit: '5000' })
    assert.deepEqual(
      ['command', 'keep', 'feed'].map((name) => containerOf(rendered, name)?.image),
      [...['example.org/task:1', 'example.org/keeper:1', 'example.org/keeper:1']],
    )
  })

  it('shows a folder of the workspace in more than one place', () => {
    const mirrored = job(jobRun({}, { mirrors: [{ folder: 'repository', target: '/testbed' }] }))
    const mount = containerOf(mirrored, 'command')?.volumeMounts?.find(
      ({ mountPath }) => mountPath === '/testbed',
    )
    assert.deepEqual(mount, { name: 'run', mountPath: '/testbed', subPath: 'workspace/repository' })
  })

  it('waits in a queue where there is one, and is told how pods fail where the server knows', () => {
    const queued = job(jobRun({ queue: 'evals', hasFailurePolicy: true }))
    assert.equal(queued.metadata?.labels?.['kueue.x-k8s.io/queue-name'], 'evals')
    assert.equal(queued.spec?.suspend, true)
    assert.deepEqual(queued.spec?.podFailurePolicy?.rules, [
      { action: 'FailJob', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    ])
    assert.equal(queued.spec?.template.metadata?.labels?.['kueue.x-k8s.io/queue-name'], undefined)
  })

  it('names another address of the gateway wherever its usual one is named', () => {
    const gateway = 'http://10.0.0.7:41234'
    const env = containerOf(job(jobRun({ gateway })), 'command')?.env
    assert.ok(env?.some(({ name, value }) => name === 'FORETOKEN_GATEWAY' && value === gateway))
    assert.ok(env?.some(({ name, value }) => name === 'MODEL_URL' && value === `${gateway}/v1`))
    const without = containerOf(rendered, 'command')?.env
    assert.ok(without?.every(({ name }) => name !== 'FORETOKEN_GATEWAY'))
    assert.ok(without?.some(({ value }) => value === 'http://127.0.0.1:4000/v1'))
  })
})

describe('the policy of a run', () => {
  it('lets nothing in, and out to the gateway alone', () => {
    const { spec, metadata } = networkPolicy(jobRun({ gateway: 'http://10.0.0.7:41234' }), 'uid-1')
    assert.deepEqual([spec?.policyTypes, spec?.ingress], [['Ingress', 'Egress'], []])
    assert.deepEqual(spec?.egress, [
      { to: [{ ipBlock: { cidr: '10.0.0.7/32' } }], ports: [{ protocol: 'TCP', port: 41234 }] },
    ])
    assert.deepEqual(metadata?.ownerReferences, [
      { apiVersion: 'batch/v1', kind: 'Job', name: rendered.metadata?.name, uid: 'uid-1' },
    ])
    assert.deepEqual(networkPolicy(jobRun(), 'uid-1').spec?.egress, [])
  })

  it('knows addresses of either version', () => {
    const { spec } = networkPolicy(jobRun({ gateway: 'http://[fd00::7]:80' }), 'uid-1')
    assert.deepEqual(spec?.egress?.[0]?.to, [{ ipBlock: { cidr: 'fd00::7/128' } }])
  })

  it('is about the pod of its own run', () => {
    const labels = rendered.spec?.template.metadata?.labels ?? {}
    const selected = (id: string) =>
      Object.entries(networkPolicy(jobRun({}, { id }), 'uid-1').spec?.podSelector?.matchLabels ?? {})
    assert.ok(selected('plan/task 1#2').every(([name, value]) => labels[name] === value))
    assert.ok(!selected('plan/task 1#3').every(([name, value]) => labels[name] === value))
  })
})
