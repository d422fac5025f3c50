import { KnownError } from '../errors.ts'
import { localSandbox } from '../sandbox/local/local-sandbox.ts'
import type { SandboxBackend } from '../sandbox/sandbox.ts'
import type { BackendName } from './plan-file.ts'

/** Where sandboxes are made, and what can be run there. */
export interface OpenBackend {
  readonly backend: SandboxBackend
  readonly hasImages: boolean
}

/** @throws KnownError sandbox-missing, with everything that is missing for it here */
export async function openBackend(name: BackendName): Promise<OpenBackend> {
  if (name !== 'local')
    throw new KnownError('sandbox-missing', `${name} is not in this version`, {
      fix: 'choose --backend local',
    })
  const backend = localSandbox()
  const complaints = await backend.check()
  if (complaints.length === 0) return { backend, hasImages: false }
  const missing = complaints.map((complaint) => complaint.missing).join('; ')
  const fix = [...new Set(complaints.map((complaint) => complaint.fix))].join('; ')
  throw new KnownError('sandbox-missing', `${name}: ${missing}`, { fix })
}
