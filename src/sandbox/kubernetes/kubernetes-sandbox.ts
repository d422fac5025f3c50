import { notMade } from '../local/facts.ts'
import { infraReasonOf } from '../local/infra-error.ts'
import type { Complaint, SandboxBackend, SandboxFacts } from '../sandbox.ts'
import { type Cluster, type ClusterOptions, openCluster } from './cluster.ts'
import { lostRun } from './facts.ts'
import { RunLost } from './follow.ts'
import { type OwnerMark, thisMark } from './labels.ts'
import { sweep } from './removal.ts'
import { missingHere, missingRights, notConfigured } from './requirements.ts'
import { type RunOptions, runInCluster } from './run-in-cluster.ts'

export interface KubernetesOptions extends ClusterOptions, RunOptions {}

const HOUR_MS = 3_600_000

const DEFAULTS: KubernetesOptions = {
  ...{ kubeconfig: null, context: null, namespace: null },
  ...{ queue: null, gatewayAddress: null, keeperImage: null, pullPolicy: 'IfNotPresent' },
  workspaceBytes: 20 * 2 ** 30,
  allowanceMs: HOUR_MS,
  patience: { roomMs: 24 * HOUR_MS, nodeMs: 0, serverMs: 120_000 },
}

/** Sandboxes in a Kubernetes cluster: a Job with one pod for each run. */
export function kubernetesSandbox(options: Partial<KubernetesOptions> = {}): SandboxBackend {
  const all = { ...DEFAULTS, ...options }
  const running = new Set<string>()
  let opened: Promise<Connection> | null = null
  const open = () => {
    opened ??= connect(all)
    // Whoever asks later may find the file.
    opened.catch(() => {
      opened = null
    })
    return opened
  }
  return {
    name: 'kubernetes',
    check: () => complaints(open),
    async run(spec, signal) {
      running.add(spec.id)
      try {
        return await orReason(async () => runInCluster({ ...(await open()), options: all, spec }, signal))
      } finally {
        running.delete(spec.id)
      }
    },
    async sweep() {
      const { cluster, mark } = await open()
      return sweep(cluster, mark, running)
    },
  }
}

interface Connection {
  readonly cluster: Cluster
  readonly mark: OwnerMark
}

async function connect(options: KubernetesOptions): Promise<Connection> {
  return { cluster: await openCluster(options), mark: await thisMark() }
}

async function complaints(open: () => Promise<Connection>): Promise<readonly Complaint[]> {
  const here = await missingHere()
  try {
    const { cluster } = await open()
    return [...here, ...(await missingRights(cluster))]
  } catch (error) {
    return [...here, notConfigured(error)]
  }
}

/** What the cluster refuses is a fact about the run; anything else that is thrown is a bug. */
async function orReason(run: () => Promise<SandboxFacts>): Promise<SandboxFacts> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof RunLost) return lostRun(error.message, error.begun)
    const reason = infraReasonOf(error)
    if (reason === null) throw error
    return notMade(reason)
  }
}
