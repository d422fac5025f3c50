import type { V1Job, V1NetworkPolicy, V1NetworkPolicyEgressRule, V1ObjectMeta } from '@kubernetes/client-node'
import { annotationsOf, labelsOf, nameOf, type OwnerMark, ofRun } from './labels.ts'
import { type PodRun, podSpec } from './pod.ts'

/** A run and where it goes. */
export interface JobRun extends PodRun {
  readonly mark: OwnerMark
  readonly namespace: string
  /** Of Kueue; null = the scheduler takes it at once. */
  readonly queue: string | null
  /** How long an ended Job may stay where nobody takes it away. */
  readonly ttlSeconds: number
  /** `v1.26` and later: what happened to a pod decides about its Job. */
  readonly hasFailurePolicy: boolean
}

const QUEUE = 'kueue.x-k8s.io/queue-name'

/**
 * The Job of one run. It is never tried again by itself: another try is another attempt. A Job makes a deleted pod anew even
 * with no retries left; where the server knows how, it is told that such an end is a failure.
 */
export function job(run: JobRun): V1Job {
  const { mark, spec, queue, ttlSeconds, hasFailurePolicy } = run
  const labels = labelsOf(nameOf(spec.id), mark)
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      ...metadata(run),
      labels: { ...labels, ...(queue === null ? {} : { [QUEUE]: queue }) },
      annotations: annotationsOf(spec.id, mark),
    },
    spec: {
      ...{ completions: 1, parallelism: 1, backoffLimit: 0, ttlSecondsAfterFinished: ttlSeconds },
      // Kueue lets it go when its turn has come.
      ...(queue === null ? {} : { suspend: true }),
      ...(hasFailurePolicy ? { podFailurePolicy: FAILURE_POLICY } : {}),
      template: {
        metadata: { labels, annotations: annotationsOf(spec.id, mark) },
        spec: podSpec(run),
      },
    },
  }
}

const FAILURE_POLICY = {
  rules: [{ action: 'FailJob', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }],
}

/** Nothing comes in; only the gateway can be reached. It goes with the Job that it belongs to. */
export function networkPolicy(run: JobRun, jobUid: string): V1NetworkPolicy {
  const name = nameOf(run.spec.id)
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: {
      ...metadata(run),
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid: jobUid }],
    },
    spec: {
      podSelector: { matchLabels: ofRun(name) },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [],
      egress: run.gateway === null ? [] : [egressTo(new URL(run.gateway))],
    },
  }
}

function egressTo({ hostname, port }: URL): V1NetworkPolicyEgressRule {
  const address = hostname.replace(/^\[|\]$/g, '')
  const cidr = `${address}/${address.includes(':') ? 128 : 32}`
  return { to: [{ ipBlock: { cidr } }], ports: [{ protocol: 'TCP', port: Number(port) }] }
}

function metadata({ spec, mark, namespace }: JobRun): V1ObjectMeta {
  const name = nameOf(spec.id)
  return { name, namespace, labels: labelsOf(name, mark) }
}
