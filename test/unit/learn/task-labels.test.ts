import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gzipSync } from 'node:zlib'
import { readTaskLabels } from '../../../src/learn/read-task-labels.ts'
import { labelKey, labelOf } from '../../../src/learn/task-labels.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const { signal } = new AbortController()

/** What is read of a file with this content. */
function read(content: string | Uint8Array) {
  const cwd = temporaryFolder()
  writeFileSync(join(cwd, 'tasks'), content)
  return readTaskLabels('tasks', { cwd, signal })
}

const EXPECTED = new Map([
  [labelKey('x', 'a'), { difficulty: 'easy', kind: 'bug' }],
  [labelKey('y', 'a'), { difficulty: '3', kind: null }],
  [labelKey(null, 'b'), { difficulty: null, kind: 'feature' }],
])
const LINES = [
  { id: 'a', benchmark: 'x', difficulty: 'easy', kind: 'bug', text: 'more' },
  { id: 'a', benchmark: 'y', difficulty: 3, kind: '' },
  { id: 'b', kind: 'feature' },
]
  .map((line) => JSON.stringify(line))
  .join('\n')
const CSV = 'kind,id,benchmark,difficulty,notes\nbug,a,x,easy,\n,a,y,3,\nfeature,b,,,"long, text"\n'

describe('labels of tasks', () => {
  it('are read from JSON Lines and CSV alike, compressed or not', async () => {
    for (const content of [LINES, CSV, `\uFEFF${CSV}`]) {
      assert.deepEqual(await read(content), EXPECTED)
      assert.deepEqual(await read(gzipSync(content)), EXPECTED)
    }
  })

  it('are of each benchmark that a task is of', async () => {
    const labels = await read('{"id":"a","benchmark":["x","y"],"difficulty":"hard"}')
    assert.deepEqual([...labels.keys()], [labelKey('x', 'a'), labelKey('y', 'a')])
  })

  it('are refused with file and line where one cannot be read', async () => {
    const refused: readonly [string, RegExp][] = [
      ['{"id":"a","kind":"x"}\n{"kind":"x"}', /^tasks, line 2: no id$/],
      ['{"id":"a","kind":"x"}\n{"id":', /^tasks, line 2, column 7: the text ends too early$/],
      ['{"id":"a","kind":{}}', /^tasks, line 1: kind: \{\} is no text$/],
      ['{"id":"a","benchmark":[null],"kind":"x"}', /^tasks, line 1: benchmark: null is no name$/],
      ['{"id":"a","kind":"x"}\n{"id":"a","kind":"y"}', /^tasks, line 2: another label for "a"/],
      ['{"id":"a","dificulty":"x"}', /^tasks: it tells the difficulty or the kind of no task$/],
      ['ID,kind\na,x\n', /^tasks, line 1: there is no column "id", which is needed$/],
      ['id,kind\na\n', /^tasks, line 2: 1 columns, where the headings are 2$/],
      ['id,kind\n', /^tasks: it tells/],
      ['', /^tasks: there is no line of headings$/],
    ]
    for (const [content, detail] of refused)
      await assert.rejects(read(content), failsWith('data-malformed', detail))
    await assert.rejects(
      readTaskLabels('gone', { cwd: temporaryFolder(), signal }),
      failsWith('file-not-found', /^gone$/),
    )
  })

  it('belong to a task by benchmark and id, and without a benchmark by id', () => {
    const of = (benchmark: string | null, id: string) => labelOf(EXPECTED, benchmark, id)?.kind ?? null
    assert.deepEqual([of('x', 'a'), of('y', 'a'), of('z', 'a')], ['bug', null, null])
    assert.deepEqual([of('x', 'b'), of(null, 'b'), of(null, 'c')], ['feature', 'feature', null])
  })
})
