import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { CoreV1Api, KubeConfig, type V1NodeCondition } from '@kubernetes/client-node'
import { outcomeOf } from '../../src/sandbox/outcome.ts'
import { endProgram, kubeconfig, pods, startProgram } from '../fixtures/kubernetes.ts'

const box = pods()
const namespace = 'default'
const config = new KubeConfig()
config.loadFromFile(kubeconfig('admin'))
const core = config.makeApiClient(CoreV1Api)

describe('a cluster that had one node', () => {
  it('loses it, and with it the run, which is told of as that', { timeout: 180_000 }, async () => {
    const lost = box.run(['sleep', '100'], { timeoutMs: 170_000 })
    await until(async () => (await running()).length === 1)
    endProgram('kubelet')
    const ran = await lost
    assert.match(ran.infraReason ?? '', /^NodeLost: nothing has been heard of node/)
    assert.equal(ran.started, true)
    assert.equal(
      outcomeOf({ facts: ran, check: null, budgetExhausted: false, gatewayFailed: false }),
      'infra-error',
    )
    assert.ok(ran.seconds < 90, `${ran.seconds} s`)
    assert.deepEqual((await core.listNamespacedPod({ namespace })).items, [])
    assert.ok(existsSync(ran.workspace))
    // It comes back, and what was left there goes.
    startProgram('kubelet')
    await until(
      async () => (await core.readNode({ name: 'node' })).status?.conditions?.some(isReady) === true,
    )
    assert.equal((await box.run(['true'])).exit, 0)
  })
})

const isReady = ({ type, status }: V1NodeCondition): boolean => type === 'Ready' && status === 'True'

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
