import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROGRAM, runNode } from './child.ts'
import { type Finding, findingOf } from './finding.ts'
import { sampleIssue } from './sample-issue.ts'
import { temporaryFolder } from './temporary.ts'

const TASKS = 400
const BYTES = 3000
const ROUNDS = 3

/** Tasks per second of `estimate --batch` without repository, start and end of the process included. */
export async function batchThroughput(): Promise<readonly Finding[]> {
  const folder = temporaryFolder()
  const lines = Array.from({ length: TASKS }, (_, task) => {
    const { title, body } = sampleIssue(BYTES, task)
    return `${JSON.stringify({ id: task, issue: { title, body } })}\n`
  })
  writeFileSync(join(folder, 'tasks.jsonl'), lines.join(''))
  const rates: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const asked = [PROGRAM, 'estimate', '--batch', 'tasks.jsonl', '--format', 'jsonl']
    const { ms, stdout } = await runNode(asked, folder)
    const answers = stdout.split('\n').length - 1
    if (answers !== TASKS) throw new Error(`${answers} answers for ${TASKS} tasks`)
    rates.push((1000 * TASKS) / ms)
  }
  const what = `foretoken estimate --batch, ${TASKS} issues of ${BYTES / 1000} kB, every model, no repository`
  return [findingOf(rates, { unit: 'tasks/s', target: null, what })]
}
