/** What a back end needs and does not have here, and what the user does about it. */
export interface Complaint {
  readonly missing: string
  readonly fix: string
}

/** A folder or file of the host that the command sees and cannot change. */
export interface ReadOnlyMount {
  readonly source: string
  /** Absolute, inside. */
  readonly target: string
}

/** A folder of the workspace that is seen at another place too, for programs of an image that know it there. */
export interface Mirror {
  /** Relative to the workspace. */
  readonly folder: string
  /** Absolute, inside. */
  readonly target: string
}

/** A file of the host that takes what the command writes; what is more than fits is counted and dropped. */
export interface OutputFile {
  readonly path: string
  readonly maxBytes: number
}

/** What a run is guaranteed: two numbers per resource keep a short peak from ending a run that would have passed. */
export interface Floor {
  readonly cpus: number
  readonly memoryBytes: number
}

/** Where a run is stopped; null = only the machine stops it. */
export interface Ceiling {
  readonly cpus: number | null
  readonly memoryBytes: number | null
  readonly pids: number | null
}

/** One command to run apart from everything else. */
export interface SandboxSpec {
  readonly id: string
  /** What the command sees as its system, as the engine names it; null = the host's own, which is what `local` has. */
  readonly image: string | null
  /** The program and its arguments; no shell comes between. */
  readonly command: readonly [string, ...string[]]
  /** All that the command gets: nothing of the host's environment is passed on. */
  readonly env: Readonly<Record<string, string>>
  /** Folder of the host, at {@link WORKSPACE} inside: the only thing there that outlives the run. */
  readonly workspace: string
  /** None when left out. */
  readonly mirrors?: readonly Mirror[]
  readonly readOnly: readonly ReadOnlyMount[]
  readonly floor: Floor
  readonly ceiling: Ceiling
  /** Room in `/tmp`, and as much again in `/dev/shm`; both count toward the memory. */
  readonly temporaryBytes: number
  readonly timeoutMs: number
  /** Between the request to end and the end by force. */
  readonly graceMs: number
  /**
   * The socket of the run at the gateway, reached inside at {@link GATEWAY_PORT}, or on other machines at the address that
   * `FORETOKEN_GATEWAY` gives there; null = no network at all.
   */
  readonly gateway: { readonly socket: string } | null
  readonly stdout: OutputFile
  readonly stderr: OutputFile
}

/** What the back end knows about a run that ended. Null = it does not know. */
export interface SandboxFacts {
  /** The command itself began; false = the sandbox or the command could not be started. */
  readonly started: boolean
  /** Engines fold a death by signal n into 128 + n, as shells do: 137 alone does not tell who killed. */
  readonly exit: number | null
  /** Null where it is folded into `exit`, or there was none. */
  readonly signal: NodeJS.Signals | null
  readonly timedOut: boolean
  readonly oomKills: number | null
  readonly peakMemoryBytes: number | null
  readonly cpuSeconds: number | null
  readonly throttledSeconds: number | null
  /** Bytes written, also those that were dropped. */
  readonly stdoutBytes: number | null
  readonly stderrBytes: number | null
  /** What went wrong that is not the command's doing. */
  readonly infraReason: string | null
}

/** A way to run commands apart; each names its facts in the same words. */
export interface SandboxBackend {
  readonly name: string
  /** Everything that is missing here; empty = it works. */
  readonly check: () => Promise<readonly Complaint[]>
  /** Runs the command to its end. Leaves nothing behind, whatever happens; `signal` ends it at once, and is an infra reason. */
  readonly run: (spec: SandboxSpec, signal: AbortSignal) => Promise<SandboxFacts>
  /** Removes what runners that were killed have left; gives the ids of the runs that it belonged to. */
  readonly sweep: () => Promise<readonly string[]>
}

/** Where the workspace is inside; the command starts there. */
export const WORKSPACE = '/workspace'

/** The port of 127.0.0.1 at which the gateway answers inside. */
export const GATEWAY_PORT = 4000
