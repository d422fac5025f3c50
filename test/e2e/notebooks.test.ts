import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, it } from 'node:test'
import {
  executeNotebook,
  keptOutputs,
  lacking,
  type Notebook,
  notebookFiles,
  readNotebook,
} from '../../notebooks/execute.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const missing = lacking()

describe('a notebook', { skip: missing ?? false }, () => {
  for (const file of notebookFiles()) {
    it(`runs to its end, and says what it said: ${basename(file)}`, async () => {
      const stored = readNotebook(file)
      const executed = await executeNotebook(file, temporaryFolder())
      if (process.env.UPDATE_GOLDEN) writeFileSync(file, withOutputs(stored, executed))
      assert.deepEqual(
        stored.cells.map(({ id }) => id),
        executed.cells.map(({ id }) => id),
      )
      const figures = executed.cells.flatMap(({ outputs = [] }) =>
        outputs.filter((output) => output.output_type === 'display_data' && 'image/svg+xml' in output.data),
      )
      assert.ok(figures.length > 0)
      for (const [i, cell] of readNotebook(file).cells.entries()) {
        if (cell.outputs === undefined || cell.outputs.length === 0) continue
        const now = executed.cells[i]
        assert.ok(now)
        assert.deepEqual(
          keptOutputs(now),
          keptOutputs(cell),
          `cell ${cell.id}; UPDATE_GOLDEN=1 keeps the new ones`,
        )
      }
    })
  }
})

/** The notebook with what its cells said now, as Jupyter formats it. */
function withOutputs(stored: Notebook, executed: Notebook): string {
  const cells = stored.cells.map((cell, i) => {
    const now = executed.cells[i]
    return cell.cell_type === 'code' && now !== undefined ? { ...cell, outputs: keptOutputs(now) } : cell
  })
  return `${JSON.stringify({ ...stored, cells }, null, 1)}\n`
}
