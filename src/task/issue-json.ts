import { z } from 'zod'
import { checkShape, parseJson } from '../json.ts'
import { type IssueDocument, type IssueSource, makeIssue, sourceName, type TaskHints } from './issue.ts'
import { splitTitle } from './issue-markdown.ts'

const Hints = {
  id: z.string().nullish(),
  repository: z.string().nullish(),
  commit: z.string().nullish(),
  agent: z.string().nullish(),
  models: z.array(z.string()).nullish(),
}

/** An issue as JSON: a title, a body, or both. */
const PlainIssue = z.object({
  title: z.string().nullish(),
  body: z.string().nullish(),
  labels: z.array(z.union([z.string(), z.object({ name: z.string() })])).nullish(),
  ...Hints,
})

/** A task of the SWE-bench family: the statement's first line is its title. */
const BenchmarkTask = z.object({
  problem_statement: z.string(),
  instance_id: z.string().nullish(),
  repo: z.string().nullish(),
  base_commit: z.string().nullish(),
})

/**
 * Parses `{"title", "body", "labels"?, …hints}` or a SWE-bench task `{"problem_statement", "instance_id"?, …}`.
 * @throws KnownError `issue-malformed` with line and column or JSON pointer, and those of `makeIssue`
 */
export function parseJsonIssue(text: string, source: IssueSource): IssueDocument {
  const where = sourceName(source)
  return issueFromJson(parseJson(text.replace(/^\uFEFF/, ''), where, 'issue-malformed'), source)
}

/** The same for JSON that is parsed already. */
export function issueFromJson(value: unknown, source: IssueSource): IssueDocument {
  const where = sourceName(source)
  if (typeof value === 'object' && value !== null && 'problem_statement' in value) {
    return benchmarkTask(checkShape(BenchmarkTask, value, where, 'issue-malformed'), source)
  }
  const plain = checkShape(PlainIssue, value, where, 'issue-malformed')
  const labels = (plain.labels ?? []).map((label) => (typeof label === 'string' ? label : label.name))
  const issue = makeIssue({ title: plain.title ?? '', body: plain.body ?? '', labels, source })
  return { issue, hints: present(plain) }
}

function benchmarkTask(task: z.infer<typeof BenchmarkTask>, source: IssueSource): IssueDocument {
  const issue = makeIssue({ ...splitTitle(task.problem_statement), source })
  return { issue, hints: present({ id: task.instance_id, repository: task.repo, commit: task.base_commit }) }
}

/** JSON `null` and an absent field mean the same: not said. */
function present(hints: { [Key in keyof TaskHints]?: TaskHints[Key] | null | undefined }): TaskHints {
  const { id, repository, commit, agent, models } = hints
  const said = Object.entries({ id, repository, commit, agent, models })
  return Object.fromEntries(said.filter(([, value]) => value !== null && value !== undefined))
}
