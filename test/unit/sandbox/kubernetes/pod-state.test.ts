import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { V1ContainerState, V1Pod, V1PodStatus } from '@kubernetes/client-node'
import { hasBegun, isDoubtful, isLost, podState } from '../../../../src/sandbox/kubernetes/pod-state.ts'

const status = (name: string, state: V1ContainerState) => ({
  ...{ name, state, image: 'i', imageID: 'i', ready: false, restartCount: 0 },
})
const at = new Date(0)
const running = { running: { startedAt: at } }
const waiting = (reason: string, message?: string) => ({
  waiting: { reason, ...(message ? { message } : {}) },
})
const ended = (exitCode: number, reason = 'Completed') => ({ terminated: { exitCode, reason } })

/** The three containers, in the order in which they are started. */
const pod = (states: readonly V1ContainerState[], more: V1PodStatus = {}): V1Pod => {
  const [feed = waiting('PodInitializing'), command = waiting('PodInitializing'), keep = command] = states
  return {
    status: {
      phase: 'Running',
      initContainerStatuses: [status('feed', feed)],
      containerStatuses: [status('command', command), status('keep', keep)],
      ...more,
    },
  }
}
const kinds = (...states: V1ContainerState[]) => podState(pod(states)).kind
const reason = (each: V1Pod) => {
  const state = podState(each)
  return state.kind === 'lost' ? state.reason : null
}

describe('a pod', () => {
  it('is fed, runs, and ends when its command has, though its keeper stays', () => {
    assert.equal(podState({}).kind, 'waiting')
    assert.equal(kinds(waiting('ContainerCreating')), 'waiting')
    assert.equal(kinds(running), 'feeding')
    assert.equal(kinds(ended(0)), 'waiting')
    assert.equal(kinds(ended(0), running, waiting('ContainerCreating')), 'running')
    assert.deepEqual(podState(pod([ended(0), ended(3, 'OOMKilled'), running])), {
      ...{ kind: 'ended', how: { exitCode: 3, reason: 'OOMKilled' } },
    })
  })

  it('waits for an image that may come, and not for one that will not', () => {
    assert.equal(kinds(waiting('ErrImagePull')), 'waiting')
    const never = pod([waiting('ErrImageNeverPull', 'Container image "x" is not present')])
    assert.equal(reason(never), 'ErrImageNeverPull: Container image "x" is not present')
    assert.match(
      reason(pod([ended(0), waiting('ImagePullBackOff', 'Back-off')])) ?? '',
      /^ImagePullBackOff: /,
    )
    assert.equal(reason(pod([waiting('CreateContainerConfigError')])), 'CreateContainerConfigError: feed')
  })

  it('says why it was ended by its node', () => {
    for (const why of ['Evicted', 'DeadlineExceeded', 'OutOfcpu', 'NodeLost', 'Shutdown'])
      assert.equal(reason(pod([], { phase: 'Failed', reason: why, message: 'so' })), `${why}: so`)
  })

  it('says that others have taken it away, and why where the server knows', () => {
    const deleted = { ...pod([ended(0), running, running]), metadata: { deletionTimestamp: at } }
    assert.match(reason(deleted) ?? '', /^Deleted: /)
    const type = 'DisruptionTarget'
    const condition = { type, status: 'True', reason: 'PreemptionByScheduler', message: 'for another' }
    const preempted = pod([ended(0), running, running], { conditions: [condition] })
    assert.equal(
      reason({ ...preempted, metadata: { deletionTimestamp: at } }),
      'PreemptionByScheduler: for another',
    )
    assert.equal(reason(preempted), null)
  })

  it('is of no use without those that bring in and out', () => {
    assert.equal(reason(pod([ended(2, 'Error')])), 'feed: Error (2)')
    assert.equal(reason(pod([ended(0), running, ended(137, 'OOMKilled')])), 'keep: OOMKilled (137)')
  })

  it('has no room, which is not yet a reason', () => {
    const conditions = [
      { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes are available' },
    ]
    const state = podState({ status: { phase: 'Pending', conditions } })
    assert.deepEqual(state, { kind: 'unschedulable', message: '0/1 nodes are available' })
    const gated = [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }]
    assert.equal(podState({ status: { phase: 'Pending', conditions: gated } }).kind, 'waiting')
  })

  it('has begun when the engine has started its command', () => {
    assert.equal(hasBegun(pod([running])), false)
    assert.equal(hasBegun(pod([ended(0), running])), true)
    assert.equal(hasBegun(pod([ended(0), ended(1, 'Error')])), true)
    assert.equal(hasBegun(pod([ended(0), ended(128, 'StartError')])), false)
  })

  it('is in doubt when it is not ready, and lost with a node that is not heard of', () => {
    const ready = (value: string) => [{ type: 'Ready', status: value }]
    assert.equal(isDoubtful(pod([], { conditions: ready('True') })), false)
    assert.equal(isDoubtful(pod([], { conditions: ready('False') })), true)
    assert.deepEqual(
      ['True', 'False', 'Unknown'].map((value) => isLost({ status: { conditions: ready(value) } })),
      [false, false, true],
    )
    assert.equal(isLost({}), false)
  })
})
