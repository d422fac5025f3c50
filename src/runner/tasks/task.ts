/** Where an agent begins. */
export type TaskSource =
  /** Plain files, of which one commit is made. */
  | { readonly kind: 'files'; readonly folder: string }
  | {
      readonly kind: 'git'
      /** A path or an address. */
      readonly from: string
      readonly commit: string
      /** A file with changes on top of the commit. */
      readonly patch: string | null
    }
  | {
      readonly kind: 'bundle'
      readonly file: string
      readonly commit: string
      readonly patch: string | null
    }
  /** A folder of the image, as it is there; it is seen at the same place. */
  | { readonly kind: 'image'; readonly folder: string }

/** How is told whether a run resolved its task. */
export type Passing =
  /** By the exit code of the check: 0 = resolved. */
  | { readonly kind: 'exit' }
  /** By a number that the check writes into a file: 1 = resolved. */
  | { readonly kind: 'reward'; readonly files: readonly string[] }
  /** By the tests that the check prints as `PASSED name`, as of `pytest -rA`: all of these have to. */
  | { readonly kind: 'tests'; readonly names: readonly string[] }

/** What decides, in a fresh sandbox, on files that the agent never saw. */
export interface TaskCheck {
  /** For `bash -c`, in the workspace. */
  readonly command: string
  readonly env: Readonly<Record<string, string>>
  /** Laid into the fresh workspace over what the agent made; `to` is relative to it, or absolute in the sandbox. */
  readonly files: { readonly from: string; readonly to: string } | null
  /** A folder at the root of the sandbox that it may write into; null = only the workspace. */
  readonly writes: string | null
  /** Changes to the commit, the paths of which replace what the agent made of them. */
  readonly patch: string | null
  readonly passing: Passing
}

/** Guaranteed, and never exceeded. */
export interface FloorAndCeiling {
  readonly floor: number
  readonly ceiling: number
}

export interface TaskResources {
  readonly cpus: FloorAndCeiling
  readonly memoryMib: FloorAndCeiling
}

export interface TimeLimits {
  readonly setupSeconds: number
  readonly agentSeconds: number
  readonly checkSeconds: number
}

/** A task as the runner takes it, whatever format it was written in; paths are absolute. */
export interface Task {
  readonly name: string
  /** Null = of none. */
  readonly benchmark: string | null
  /** What the agent is told: Markdown. */
  readonly issue: string
  readonly source: TaskSource
  /** Null = the machine's own programs. */
  readonly image: string | null
  /** A folder with the Dockerfile of which the image is made; null = it is there. */
  readonly imageFolder: string | null
  /** Its authors let it speak to the internet, which no sandbox here does: it may fail for want of that. */
  readonly expectsNetwork: boolean
  /** For `bash -c`, in the workspace, before the agent and before the check; null = nothing. */
  readonly setup: string | null
  readonly check: TaskCheck
  readonly resources: TaskResources
  readonly timeLimits: TimeLimits
}

/** What holds where a task does not say otherwise. */
export const RESOURCES: TaskResources = {
  cpus: { floor: 1, ceiling: 3 },
  memoryMib: { floor: 1024, ceiling: 3072 },
}
export const TIME_LIMITS: TimeLimits = { setupSeconds: 600, agentSeconds: 1800, checkSeconds: 600 }

/**
 * The ceiling of a task that tells one number per resource: killed at what is guaranteed, runs fail for a peak of a moment.
 * Three times that is where outcomes stopped to depend on it in the measurements of infrastructure noise.
 */
export const CEILING_OF_FLOOR = 3
