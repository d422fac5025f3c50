import { z } from 'zod'

/** What is wrong with a value is said as what to put there: each message below follows an arrow. */
const SECONDS = 'give seconds above 0'
const SIZE = 'give a size such as "2G"'
const AMOUNT = 'give a number above 0'

const Seconds = z.number(SECONDS).positive(SECONDS)
const Amount = z.number(AMOUNT).positive(AMOUNT)
const Env = z.record(z.string(), z.string('give a text'), 'give variables as {NAME = "value"}')
const Table = 'give a table'

/**
 * `task.toml` of Harbor, and of Terminal-Bench from 2.0, as far as the runner takes it; the rest is left to it, as Harbor
 * does. Fields as of harborframework.com/docs/tasks; `memory` is how earlier versions gave `memory_mb`,
 * and `allow_internet` what later ones say by `network_mode`.
 */
export const HarborFile = z.looseObject(
  {
    version: z.string('give a text').optional(),
    schema_version: z.string('give a text').optional(),
    task: z.looseObject({ name: z.string('give a text').min(1, 'give a text').optional() }, Table).optional(),
    agent: z.looseObject({ timeout_sec: Seconds.optional() }, Table).optional(),
    verifier: z.looseObject({ timeout_sec: Seconds.optional(), env: Env.optional() }, Table).optional(),
    environment: z
      .looseObject(
        {
          build_timeout_sec: Seconds.optional(),
          docker_image: z.string('give an image').min(1, 'give an image').optional(),
          workdir: z.string('give a path').nullish(),
          allow_internet: z.boolean('give true or false').optional(),
          network_mode: z.string('give a text').optional(),
          cpus: Amount.optional(),
          memory_mb: Amount.optional(),
          memory: z
            .string(SIZE)
            .regex(/^\d+(\.\d+)?\s*[KMGT]?i?B?$/i, SIZE)
            .optional(),
        },
        Table,
      )
      .optional(),
    steps: z.array(z.unknown()).max(0, 'give tasks of one step: those of several are not run').optional(),
  },
  Table,
)
export type HarborFile = z.infer<typeof HarborFile>
