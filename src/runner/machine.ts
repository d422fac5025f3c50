import { availableParallelism, cpus, hostname, release, totalmem, type } from 'node:os'

/** The machine that runs are made on. */
export interface Machine {
  readonly name: string
  /** Null = it does not tell. */
  readonly cpuModel: string | null
  readonly cpus: number
  readonly memoryBytes: number
  readonly kernel: string
}

/** This machine, or as much of it as this process may use. */
export function thisMachine(): Machine {
  const limit = process.constrainedMemory()
  return {
    name: hostname(),
    cpuModel: cpus()[0]?.model.trim() || null,
    cpus: availableParallelism(),
    memoryBytes: limit > 0 ? Math.min(limit, totalmem()) : totalmem(),
    kernel: `${type()} ${release()}`,
  }
}
