import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AskedIssue } from '../report/bundle-diff.ts'
import { readIssueFile } from '../task/issue-file.ts'
import { DATA_FOLDER } from './evaluate.ts'

/** The issues that come with the program, to show how forecasts differ; always the same, in the same order. */
export async function readExampleIssues(signal: AbortSignal): Promise<readonly AskedIssue[]> {
  const examples = (await readdir(join(DATA_FOLDER, 'examples'))).filter((name) => name.endsWith('.md'))
  const tasks = await readdir(join(DATA_FOLDER, 'tasks'), { withFileTypes: true })
  const files = [
    ...examples.map((name) => join('examples', name)),
    ...tasks.filter((entry) => entry.isDirectory()).map(({ name }) => join('tasks', name, 'issue.md')),
  ].sort()
  return Promise.all(
    files.map(async (file) => ({
      name: file,
      issue: (await readIssueFile(file, DATA_FOLDER, signal)).issue,
    })),
  )
}
