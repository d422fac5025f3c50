import type { Complaint, SandboxBackend } from '../sandbox/sandbox.ts'
import type { Finding, Subject } from './doctor-finding.ts'

/** Whether agents can be run apart on the system of this machine. */
export async function checkLocalSandbox(): Promise<Finding> {
  const { localSandbox } = await import('../sandbox/local/local-sandbox.ts')
  return finding(localSandbox(), 'runs agents apart, on the system of this machine')
}

/** Whether agents can be run apart from images. */
export async function checkDockerSandbox({ app }: Subject): Promise<Finding> {
  const { dockerSandbox } = await import('../sandbox/docker/docker-sandbox.ts')
  return finding(dockerSandbox({ host: app.env.DOCKER_HOST }), 'runs agents apart, from images')
}

const finding = async (backend: SandboxBackend, works: string): Promise<Finding> =>
  sandboxFinding({ name: backend.name, works, complaints: await backend.check() })

/** Nothing but runs needs a back end, and one is enough for them: what is missing is no failure. */
export function sandboxFinding({
  name,
  works,
  complaints,
}: {
  readonly name: string
  readonly works: string
  readonly complaints: readonly Complaint[]
}): Finding {
  const shown = `sandbox ${name}`
  if (complaints.length === 0) return { name: shown, status: 'ok', detail: works, fix: null }
  return {
    name: shown,
    status: 'warn',
    detail: `runs no agents here; missing: ${complaints.map(({ missing }) => missing).join('; ')}`,
    fix: [...new Set(complaints.map(({ fix }) => fix))].join('; '),
  }
}
