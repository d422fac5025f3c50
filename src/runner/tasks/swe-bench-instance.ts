import { z } from 'zod'

const TEXT = 'give a text'
const TESTS = 'give a list of tests, or one as JSON in a text'

/** The tests are a list in some data sets, and JSON in a text in others. */
const Tests = z.union([z.array(z.string()), z.string().transform(listIn)], TESTS)

/**
 * An instance of SWE-bench, or of a data set in its format, as far as the runner takes it. Fields as of the data set
 * princeton-nlp/SWE-bench. `hints_text` holds what was said after the issue, and `patch` is the solution: neither is told.
 */
export const SweBenchInstance = z.looseObject(
  {
    instance_id: z.string(TEXT).min(1, TEXT),
    repo: z.string(TEXT).regex(/^[\w.-]+\/[\w.-]+$/, 'give "owner/name"'),
    base_commit: z.string(TEXT).regex(/^[0-9a-f]{7,64}$/, 'give the id of a commit'),
    problem_statement: z.string(TEXT).min(1, TEXT),
    test_patch: z.string(TEXT).min(1, 'give the changes to the tests'),
    FAIL_TO_PASS: Tests,
    PASS_TO_PASS: Tests,
    image_name: z.string(TEXT).optional(),
  },
  'give an object of an instance',
)
export type SweBenchInstance = z.infer<typeof SweBenchInstance>

function listIn(text: string, context: z.RefinementCtx): string[] {
  try {
    return z.array(z.string()).parse(JSON.parse(text))
  } catch {
    context.addIssue({ code: 'custom', message: TESTS })
    return z.NEVER
  }
}
