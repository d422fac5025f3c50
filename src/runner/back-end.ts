import { networkInterfaces } from 'node:os'
import { KnownError } from '../errors.ts'
import { dockerSandbox } from '../sandbox/docker/docker-sandbox.ts'
import { kubernetesSandbox } from '../sandbox/kubernetes/kubernetes-sandbox.ts'
import { localSandbox } from '../sandbox/local/local-sandbox.ts'
import type { SandboxBackend } from '../sandbox/sandbox.ts'
import type { BackendName, PlannedCluster } from './plan-file.ts'

/** Where sandboxes are made, and what can be run there. */
export interface OpenBackend {
  readonly backend: SandboxBackend
  /** Every run needs an image; otherwise none may have one. */
  readonly hasImages: boolean
  /** Runs are on this machine; otherwise the engine knows where there is room. */
  readonly isHere: boolean
}

/** Where engines and clusters are, as far as that was said. */
export interface BackendPlace {
  /** `DOCKER_HOST` */
  readonly dockerHost: string | undefined
  readonly cluster: PlannedCluster
}

/** @throws KnownError sandbox-missing, with everything that is missing for it here */
export async function openBackend(
  name: BackendName,
  { cluster, dockerHost }: BackendPlace,
): Promise<OpenBackend> {
  const backend = backendOf(name, { cluster, dockerHost })
  const complaints = await backend.check()
  if (complaints.length === 0) return { backend, hasImages: name !== 'local', isHere: name !== 'kubernetes' }
  const missing = complaints.map((complaint) => complaint.missing).join('; ')
  const fix = [...new Set(complaints.map((complaint) => complaint.fix))].join('; ')
  throw new KnownError('sandbox-missing', `${name}: ${missing}`, { fix })
}

function backendOf(name: BackendName, { cluster, dockerHost }: BackendPlace): SandboxBackend {
  const { context, namespace, queue, gatewayAddress } = cluster
  switch (name) {
    case 'local':
      return localSandbox()
    case 'docker':
      return dockerSandbox({ host: dockerHost })
    case 'kubernetes':
      return kubernetesSandbox({
        ...{ context: context ?? null, namespace: namespace ?? null, queue: queue ?? null },
        gatewayAddress: gatewayAddress ?? outerAddress(),
      })
  }
  return name satisfies never
}

/** Of this machine; null = it has none but loopback. */
function outerAddress(): string | null {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? null
}
