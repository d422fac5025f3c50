import { z } from 'zod'

/** Every failure (RFC 9457). */
export const ProblemSchema = z
  .object({
    type: z.string().meta({ description: 'where the kind of failure is told of' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string().meta({ description: 'names the value that was wrong' }),
    code: z.string().meta({ description: 'the kind of failure, for programs' }),
    fix: z.string().meta({ description: 'what to do next' }),
    requestId: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'every mistake, by its JSON pointer' }),
  })
  .meta({ id: 'Problem' })
export type Problem = z.infer<typeof ProblemSchema>
