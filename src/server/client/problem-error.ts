import type { Problem } from './documents.ts'

/** A request that was refused, with the problem that the service told. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  /** The HTTP status. */
  readonly status: number
  /** The kind of failure, for programs; null = who answered was not the service, such as a proxy before it. */
  readonly code: string | null
  /** What was told; null as above. */
  readonly problem: Problem | null
  /** For whoever runs the service; null as above. */
  readonly requestId: string | null

  constructor(status: number, problem: Problem | null) {
    super(problem === null ? `HTTP ${status}, without a problem document` : wordsOf(problem))
    this.status = status
    this.problem = problem
    this.code = problem?.code ?? null
    this.requestId = problem?.requestId ?? null
  }
}

const wordsOf = ({ title, detail, fix }: Problem): string => `${title}: ${detail} → ${fix}`

/** Reads what a refused request was answered. */
export async function problemError(response: Response): Promise<ProblemError> {
  const isProblem = /^application\/problem\+json\s*(;|$)/i.test(response.headers.get('content-type') ?? '')
  const text = await response.text()
  return new ProblemError(response.status, isProblem ? (JSON.parse(text) as Problem) : null)
}
