import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { describe, it } from 'node:test'
import { keptOutputs, notebookFiles, readNotebook } from '../../notebooks/execute.ts'

/** The library, the kernel, and Node. */
const ALLOWED = /^(\.\.\/dist\/index\.js|tslab|node:.*)$/

describe('a notebook, before it is run', () => {
  it('is one of four', () =>
    assert.deepEqual(
      notebookFiles().map((file) => basename(file)),
      [
        ...['build-a-forecaster.ipynb', 'explore-consumption.ipynb', 'infrastructure-noise.ipynb'],
        'learning-curves.ipynb',
      ],
    ))

  for (const file of notebookFiles()) {
    const { nbformat, nbformat_minor, metadata, cells } = readNotebook(file)

    it(`is for our kernel, and its cells have names of their own: ${basename(file)}`, () => {
      assert.deepEqual([nbformat, nbformat_minor, metadata.kernelspec.name], [4, 5, 'tslab'])
      const ids = cells.map(({ id }) => id)
      assert.ok(ids.every((id) => /^[a-z0-9-]{1,64}$/.test(id)) && new Set(ids).size === ids.length)
      assert.equal(cells[0]?.cell_type, 'markdown')
    })

    it(`uses what the library exports, and checks its own figures: ${basename(file)}`, () => {
      const code = cells.filter(({ cell_type }) => cell_type === 'code').map(({ source }) => source.join(''))
      const imported = code.flatMap((text) => [...text.matchAll(/\bfrom '([^']+)'/g)].map(([, name]) => name))
      assert.ok(imported.includes('../dist/index.js'))
      assert.deepEqual(
        imported.filter((name) => !ALLOWED.test(name ?? '')),
        [],
      )
      assert.ok(code.filter((text) => /\bassert\./.test(text)).length >= 3)
    })

    it(`keeps words and tables only, and few of them: ${basename(file)}`, () => {
      for (const cell of cells) assert.deepEqual(cell.outputs ?? [], keptOutputs(cell), cell.id)
      assert.ok(readFileSync(file).length < 64 * 1024)
    })
  }
})
