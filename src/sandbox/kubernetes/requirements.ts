import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import type { Complaint } from '../sandbox.ts'
import { ApiError, asked } from './api-error.ts'
import type { Cluster } from './cluster.ts'

const execute = promisify(execFile)

/** What is done in the cluster, as RBAC names it. */
const RIGHTS = [
  { group: 'batch', resource: 'jobs', verbs: ['create', 'delete', 'list'] },
  { group: '', resource: 'pods', verbs: ['delete', 'list', 'watch'] },
  // A connection is asked for by `get` where it is a socket, and by `create` where it is not.
  { group: '', resource: 'pods', subresource: 'exec', verbs: ['create', 'get'] },
  { group: 'networking.k8s.io', resource: 'networkpolicies', verbs: ['create'] },
] as const

/** What this machine lacks to send runs elsewhere. */
export async function missingHere(): Promise<readonly Complaint[]> {
  const missing: Complaint[] = []
  if (!existsSync('/proc/self/stat')) missing.push({ missing: '/proc', fix: 'start the runner on Linux' })
  const version = await execute('tar', ['--version']).catch(() => ({ stdout: '' }))
  if (!version.stdout.includes('GNU tar'))
    missing.push({ missing: 'GNU tar', fix: 'install it: apt-get install tar, apk add tar' })
  return missing
}

/** No kubeconfig, or none that can be read. */
export const notConfigured = (error: unknown): Complaint => ({
  missing: `a kubeconfig: ${error instanceof Error ? error.message : error}`,
  fix: 'set KUBECONFIG to a file that exists, or write ~/.kube/config',
})

/** Asks the server what may be done there; empty = all that is needed. */
export async function missingRights(cluster: Cluster): Promise<readonly Complaint[]> {
  try {
    const wanted = RIGHTS.flatMap((right) => right.verbs.map((verb) => ({ ...right, verb })))
    const answers = await Promise.all(wanted.map((right) => mayDo(cluster, right)))
    return wanted.filter((_, at) => answers[at] !== true).map((right) => notAllowed(cluster, right))
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    return [unanswered(cluster, error)]
  }
}

interface Right {
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly verb: string
}

async function mayDo(
  { rights, namespace }: Cluster,
  { group, resource, subresource, verb }: Right,
): Promise<boolean> {
  const attributes = {
    namespace,
    group,
    resource,
    verb,
    ...(subresource === undefined ? {} : { subresource }),
  }
  const body = { spec: { resourceAttributes: attributes } }
  const review = await asked('a question of rights', () => rights.createSelfSubjectAccessReview({ body }))
  return review.status?.allowed === true
}

function notAllowed({ namespace }: Cluster, { group, resource, subresource, verb }: Right): Complaint {
  const what = subresource === undefined ? resource : `${resource}/${subresource}`
  return {
    missing: `the right to ${verb} ${what} in the namespace ${namespace}`,
    fix: `bind a Role with apiGroups ["${group}"], resources ["${what}"], verbs ["${verb}"] to this user`,
  }
}

function unanswered({ config }: Cluster, { message, status }: ApiError): Complaint {
  const server = config.getCurrentCluster()?.server ?? 'the server'
  if (status === 401)
    return { missing: `a user that ${server} knows`, fix: 'renew the credentials of the kubeconfig' }
  return {
    missing: `an answer from ${server}: ${message}`,
    fix: 'start the cluster, or name another context',
  }
}
