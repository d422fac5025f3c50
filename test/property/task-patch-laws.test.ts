import assert from 'node:assert/strict'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { before, describe, it } from 'node:test'
import fc from 'fast-check'
import { makeTaskRepository, type TaskRepository } from '../../src/runner/tasks/task-repository.ts'
import { applyPatch, makeWorkspace, readPatch } from '../../src/runner/tasks/workspace.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const START = { 'a.txt': 'one\ntwo\n', 'b/c.txt': 'three', 'b/d e.bin': '\0\u0001', 'ü "q".txt': 'x\r\n' }

/** Names that could be taken for something else. */
const name = fc.constantFrom(
  'a.txt',
  'b',
  'c.txt',
  'd e.bin',
  'ü "q".txt',
  '-x',
  ':(top)',
  'new\nline',
  'a\tb',
  '*',
)
const path = fc.array(name, { minLength: 1, maxLength: 2 }).map((parts) => parts.join('/'))
const change = fc.record({
  path,
  becomes: fc.oneof(
    fc.constant({ kind: 'nothing' as const }),
    fc.uint8Array({ maxLength: 60 }).map((bytes) => ({ kind: 'bytes' as const, bytes })),
    fc
      .string({ unit: 'grapheme', maxLength: 60 })
      .map((text) => ({ kind: 'bytes' as const, bytes: Buffer.from(text) })),
    fc.constantFrom('a.txt', '/etc/passwd', '../..').map((target) => ({ kind: 'link' as const, target })),
  ),
})
type Change = typeof change extends fc.Arbitrary<infer Of> ? Of : never

function make(folder: string, { path: at, becomes }: Change): void {
  const target = join(folder, at)
  // What is a file stands in the way of what is to be in it.
  if (dirname(at) !== '.') {
    const above = join(folder, dirname(at))
    if (
      !readdirSync(folder, { withFileTypes: true }).some(
        (one) => one.name === dirname(at) && one.isDirectory(),
      )
    )
      rmSync(above, { force: true })
    mkdirSync(above, { recursive: true })
  }
  rmSync(target, { recursive: true, force: true })
  if (becomes.kind === 'bytes') writeFileSync(target, becomes.bytes)
  if (becomes.kind === 'link') symlinkSync(becomes.target, target)
}

/** Every file and link of a workspace with what it holds. */
function contents(folder: string, above = ''): readonly string[] {
  return readdirSync(join(folder, above), { withFileTypes: true }).flatMap((entry) => {
    const at = join(above, entry.name)
    if (at === '.git') return []
    if (entry.isDirectory()) return contents(folder, at)
    const held = entry.isSymbolicLink()
      ? `→ ${readlinkSync(join(folder, at))}`
      : readFileSync(join(folder, at)).toString('base64')
    return [`${at}\0${held}`]
  })
}

describe('the patch of an agent', () => {
  const root = temporaryFolder()
  let repository: TaskRepository
  before(async () => {
    const files = mkdtempSync(join(root, 'files-'))
    for (const [at, text] of Object.entries(START)) {
      mkdirSync(dirname(join(files, at)), { recursive: true })
      writeFileSync(join(files, at), text)
    }
    repository = await makeTaskRepository(
      { name: 'a', source: { kind: 'files', folder: files } },
      join(root, 'task.git'),
    )
  })

  it('makes of a fresh workspace what the agent made of its own, whatever it changed', () =>
    fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 6 }), async (changes) => {
        const [own, fresh] = [mkdtempSync(join(root, 'own-')), mkdtempSync(join(root, 'fresh-'))]
        await makeWorkspace(repository, own)
        for (const each of changes) make(own, each)
        const patch = await readPatch(repository, own)
        await makeWorkspace(repository, fresh)
        await applyPatch(fresh, patch)
        assert.deepEqual(contents(fresh).toSorted(), contents(own).toSorted())
        assert.deepEqual(await readPatch(repository, fresh), patch)
      }),
      { numRuns: 25 },
    ))
})
