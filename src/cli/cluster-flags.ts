import type { Command } from 'commander'
import { z } from 'zod'
import { KnownError } from '../errors.ts'

/** What a training elsewhere needs. */
export interface ClusterRequest {
  readonly image: string
  readonly cpus: number
  readonly memoryBytes: number
  readonly timeoutMs: number
  readonly context: string | null
  readonly namespace: string | null
  readonly queue: string | null
}

const Text = z.string().min(1, 'expected a name')

/** The flags of {@link withCluster}, as they are checked. */
export const ClusterFlags = z.object({
  on: z.literal('kubernetes', 'choose kubernetes, or leave it out to train here').optional(),
  image: Text.optional(),
  cpus: z.coerce.number().positive('expected cores above 0').max(1024, 'expected 1024 or less').optional(),
  memoryMib: z.coerce
    .number()
    .int('expected whole mebibytes')
    .min(512, 'expected 512 or more')
    .max(2 ** 24, 'expected 16777216 or less')
    .optional(),
  maxSeconds: z.coerce
    .number()
    .positive('expected seconds above 0')
    .max(2 ** 31)
    .optional(),
  context: Text.optional(),
  namespace: Text.optional(),
  queue: Text.optional(),
})

const DEFAULTS = { cpus: 2, memoryMib: 4096, maxSeconds: 21_600 }

/** Gives a command the flags that say where else it may be done. */
export function withCluster(command: Command): Command {
  return command
    .option(
      '--on <where>',
      'kubernetes: in a Job of the cluster that KUBECONFIG names, and bring the bundle back',
    )
    .option('--image <name>', 'with --on: a container image with foretoken')
    .option('--cpus <cores>', `with --on: requested (default: ${DEFAULTS.cpus})`)
    .option('--memory-mib <mebibytes>', `with --on: requested, and the most (default: ${DEFAULTS.memoryMib})`)
    .option('--max-seconds <seconds>', `with --on: end after so long (default: ${DEFAULTS.maxSeconds})`)
    .option('--context <name>', 'with --on: of the kubeconfig (default: the current one)')
    .option('--namespace <name>', 'with --on: (default: that of the context)')
    .option('--queue <name>', 'with --on: a LocalQueue of Kueue')
}

/** Where it is to be done; null = here. @throws KnownError usage for flags that contradict each other */
export function clusterRequest(flags: z.infer<typeof ClusterFlags>): ClusterRequest | null {
  const { on, image, ...rest } = flags
  if (on === undefined) {
    const [alone] = Object.entries({ image, ...rest }).filter(([, value]) => value !== undefined)
    if (alone === undefined) return null
    const flag = alone[0].replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new KnownError('usage', `--${flag} ${alone[1]}: nothing is done elsewhere`, {
      fix: 'add --on kubernetes, or leave it out',
    })
  }
  if (image === undefined) {
    throw new KnownError(
      'usage',
      '--on kubernetes: no --image was given, and a node has nothing to train with',
      {
        fix: 'name an image with foretoken, such as one made with data/deploy/Containerfile',
      },
    )
  }
  return {
    image,
    cpus: flags.cpus ?? DEFAULTS.cpus,
    memoryBytes: (flags.memoryMib ?? DEFAULTS.memoryMib) * 2 ** 20,
    timeoutMs: (flags.maxSeconds ?? DEFAULTS.maxSeconds) * 1000,
    context: flags.context ?? null,
    namespace: flags.namespace ?? null,
    queue: flags.queue ?? null,
  }
}
