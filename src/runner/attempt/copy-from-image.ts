import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { KnownError } from '../../errors.ts'
import type { Task } from '../tasks/task.ts'
import type { AttemptContext } from './attempt-context.ts'
import { makeSandboxFolder, REPOSITORY, ROOMY, runInSandbox } from './sandbox-runs.ts'

const TIMEOUT_MS = 600_000

/** Copies the repository of a task out of its image, by a sandbox of it: so every back end can. @throws KnownError task-malformed */
export async function copyFromImage(
  context: Pick<AttemptContext, 'backend' | 'work' | 'reachable'>,
  { task, into }: { readonly task: Pick<Task, 'name' | 'image' | 'source'>; readonly into: string },
  signal: AbortSignal,
): Promise<void> {
  const { name, image, source } = task
  if (source.kind !== 'image') throw new Error(`the repository of ${name} is in no image`)
  const id = `copy-${name.replace(/[^a-zA-Z0-9-]/g, '-').slice(0, 40)}`
  const folder = join(context.work, id)
  const workspace = join(folder, 'agent')
  await mkdir(folder, { recursive: true, mode: 0o711 })
  try {
    const { repository } = await makeSandboxFolder(workspace)
    await mkdir(repository)
    const at = { context, id, image, repositoryAt: REPOSITORY, folder, resources: ROOMY, signal }
    const command = ['/bin/sh', '-c', 'cp -R -P -p -- "$0/." .', source.folder]
    const { facts, stderr } = await runInSandbox(at, {
      ...{ stage: 'copy', command, env: {}, mounts: [], socket: null, timeoutMs: TIMEOUT_MS, workspace },
    })
    const said = stderr.toString().trim().split('\n').at(-1) ?? ''
    if (facts.exit !== 0)
      throw new KnownError('task-malformed', `${name}: ${source.folder} could not be copied from ${image}`, {
        fix: facts.infraReason ?? (said || 'look whether it is there'),
      })
    await rename(repository, into)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
