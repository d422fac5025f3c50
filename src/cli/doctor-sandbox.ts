import { KnownError } from '../errors.ts'
import type { BackendName } from '../runner/plan-file.ts'
import type { Finding, Subject } from './doctor-finding.ts'

/** Whether agents can be run apart on the system of this machine. */
export const checkLocalSandbox = (subject: Subject): Promise<Finding> =>
  checkSandbox('local', 'runs agents apart, on the system of this machine', subject)

/** Whether agents can be run apart from images. */
export const checkDockerSandbox = (subject: Subject): Promise<Finding> =>
  checkSandbox('docker', 'runs agents apart, from images', subject)

/** Whether agents can be run apart in the cluster that is chosen on this machine. */
export const checkKubernetesSandbox = (subject: Subject): Promise<Finding> =>
  checkSandbox('kubernetes', 'runs agents apart, from images, in the cluster', subject)

/**
 * Asks as a run would. Nothing but runs needs a sandbox, and one way to have it is enough for them: what is missing is no
 * failure of the installation.
 */
async function checkSandbox(name: BackendName, works: string, { app }: Subject): Promise<Finding> {
  const shown = `sandbox ${name}`
  const { openBackend } = await import('../runner/back-end.ts')
  try {
    await openBackend(name, { dockerHost: app.env.DOCKER_HOST, cluster: {} })
    return { name: shown, status: 'ok', detail: works, fix: null }
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    const missing = error.detail.slice(`${name}: `.length)
    return { name: shown, status: 'warn', detail: `runs no agents here; missing: ${missing}`, fix: error.fix }
  }
}
