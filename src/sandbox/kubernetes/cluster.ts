import type {
  AuthorizationV1Api,
  BatchV1Api,
  CoreV1Api,
  CoreV1Event,
  KubeConfig,
  NetworkingV1Api,
  V1Job,
  V1NetworkPolicy,
  V1Node,
  V1Pod,
  VersionApi,
} from '@kubernetes/client-node'
import { ApiError, asked } from './api-error.ts'

/** Where runs go, and as whom. */
export interface ClusterOptions {
  /** Null = `KUBECONFIG`, `~/.kube/config`, or the service account of the pod this runs in. */
  readonly kubeconfig: string | null
  /** Null = the current one. */
  readonly context: string | null
  /** Null = that of the context. */
  readonly namespace: string | null
}

/** The client, and the part of the cluster it works in. */
export interface Cluster {
  readonly config: KubeConfig
  readonly namespace: string
  readonly jobs: BatchV1Api
  readonly core: CoreV1Api
  readonly network: NetworkingV1Api
  readonly rights: AuthorizationV1Api
  /** Whether the server knows `podFailurePolicy`: on by itself from 1.26. */
  readonly knowsFailurePolicy: () => Promise<boolean>
}

/** Reads the kubeconfig; nothing is asked of the server. @throws what is wrong with it */
export async function openCluster({ kubeconfig, context, namespace }: ClusterOptions): Promise<Cluster> {
  // Loaded only here: it takes half a second.
  const client = await import('@kubernetes/client-node')
  const config = new client.KubeConfig()
  if (kubeconfig === null) config.loadFromDefault()
  else config.loadFromFile(kubeconfig)
  if (context !== null) config.setCurrentContext(context)
  const current = config.getContextObject(config.getCurrentContext())
  return {
    config,
    namespace: namespace ?? current?.namespace ?? 'default',
    jobs: config.makeApiClient(client.BatchV1Api),
    core: config.makeApiClient(client.CoreV1Api),
    network: config.makeApiClient(client.NetworkingV1Api),
    rights: config.makeApiClient(client.AuthorizationV1Api),
    knowsFailurePolicy: () => knowsFailurePolicy(config.makeApiClient(client.VersionApi)),
  }
}

async function knowsFailurePolicy(version: VersionApi): Promise<boolean> {
  const { major, minor } = await asked('its version', () => version.getCode())
  // Some say `26+`.
  return Number(major) > 1 || Number.parseInt(minor, 10) >= 26
}

type Labels = Readonly<Record<string, string>>

const selector = (labels: Labels): string =>
  Object.entries(labels)
    .map((pair) => pair.join('='))
    .join()

/** @throws ApiError what the server has against it */
export const createJob = ({ jobs, namespace }: Cluster, body: V1Job): Promise<V1Job> =>
  asked('the Job', () => jobs.createNamespacedJob({ namespace, body }))

/** @throws ApiError what the server has against it */
export const createPolicy = ({ network, namespace }: Cluster, body: V1NetworkPolicy): Promise<unknown> =>
  asked('the NetworkPolicy', () => network.createNamespacedNetworkPolicy({ namespace, body }))

/** And its pods, a moment later: a pod that goes first would be made anew. */
export const deleteJob = ({ jobs, namespace }: Cluster, name: string): Promise<unknown> =>
  unlessGone(() => jobs.deleteNamespacedJob({ namespace, name, propagationPolicy: 'Background' }))

/** Without a word from its node, which may be lost. */
export const forgetPod = ({ core, namespace }: Cluster, name: string): Promise<unknown> =>
  unlessGone(() => core.deleteNamespacedPod({ namespace, name, gracePeriodSeconds: 0 }))

export async function listJobs({ jobs, namespace }: Cluster, labels: Labels): Promise<readonly V1Job[]> {
  const labelSelector = selector(labels)
  return (await asked('the Jobs', () => jobs.listNamespacedJob({ namespace, labelSelector }))).items
}

/** The pods at a moment, and its name. */
export interface Pods {
  readonly pods: readonly V1Pod[]
  readonly version: string
}

export async function listPods({ core, namespace }: Cluster, labels: Labels): Promise<Pods> {
  const labelSelector = selector(labels)
  const { items, metadata } = await asked('the pods', () =>
    core.listNamespacedPod({ namespace, labelSelector }),
  )
  return { pods: items, version: metadata?.resourceVersion ?? '' }
}

/** The nodes; null = they may not be looked at. */
export const listNodes = ({ core }: Cluster): Promise<readonly V1Node[] | null> =>
  ifAllowed(async () => (await core.listNode()).items)

/** What the cluster has to say against something; null = that may not be looked at. */
export const warningsOf = (
  { core, namespace }: Cluster,
  name: string,
): Promise<readonly CoreV1Event[] | null> =>
  ifAllowed(async () => {
    const fieldSelector = `involvedObject.name=${name},type=Warning`
    return (await core.listNamespacedEvent({ namespace, fieldSelector })).items
  })

const TROUBLED_MS = 1000

/** Comes back when something has changed since that moment, or after so long. It tells no more than that it is worth a look. */
export async function nextChange(
  { config, namespace }: Cluster,
  {
    labels,
    version,
    withinMs,
  }: { readonly labels: Labels; readonly version: string; readonly withinMs: number },
  signal: AbortSignal,
): Promise<void> {
  const { Watch } = await import('@kubernetes/client-node')
  const { promise, resolve } = Promise.withResolvers<void>()
  const query = { labelSelector: selector(labels), resourceVersion: version }
  const path = `/api/v1/namespaces/${namespace}/pods`
  const timers = [setTimeout(resolve, withinMs)]
  let isOver = false
  const stop = () => resolve()
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const ended = (trouble: unknown) => {
    // Whoever looks next is told what is the matter; only not at once, over and over.
    if (trouble === null || trouble === undefined) resolve()
    else if (!isOver) timers.push(setTimeout(resolve, TROUBLED_MS))
  }
  const watching = new Watch(config).watch(path, query, () => resolve(), ended)
  try {
    await promise
  } finally {
    isOver = true
    for (const timer of timers) clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    watching.then(
      (controller) => controller.abort(),
      () => {}, // it could not be begun, and the next look tells
    )
  }
}

async function unlessGone(call: () => Promise<unknown>): Promise<unknown> {
  try {
    return await asked('the removal', call)
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null
    throw error
  }
}

async function ifAllowed<T>(call: () => Promise<T>): Promise<T | null> {
  try {
    return await asked('what is there', call)
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return null
    throw error
  }
}
