import type { Gateway } from '../../gateway/gateway.ts'
import type { SandboxBackend } from '../../sandbox/sandbox.ts'
import type { Machine } from '../machine.ts'
import type { Task } from '../tasks/task.ts'
import type { TaskRepository } from '../tasks/task-repository.ts'
import type { reachableMounts } from './programs.ts'

/** What all attempts of a plan have in common. */
export interface AttemptContext {
  readonly plan: string
  readonly backend: SandboxBackend
  readonly gateway: Gateway
  /** Of the gateway, in which all runs spend together; null = none. */
  readonly group: string | null
  /** Null = the runs are on others. */
  readonly machine: Machine | null
  /** Where workspaces and sockets lie while they are used: users of sandboxes can pass through it. */
  readonly work: string
  /** Where what is kept lies, by its content. */
  readonly files: string
  /** Of this program. */
  readonly version: string
  readonly repositoryOf: (task: Task) => Promise<TaskRepository>
  readonly reachable: ReturnType<typeof reachableMounts>
  /** How many attempts are running, this one among them. */
  readonly concurrency: () => number
  readonly nowMs: () => number
}
