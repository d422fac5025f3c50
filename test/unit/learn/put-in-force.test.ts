import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type ErrorCode, KnownError } from '../../../src/errors.ts'
import { type Bundle, formatBundle } from '../../../src/forecast/bundle.ts'
import { readBundle } from '../../../src/forecast/read-bundle.ts'
import { readInForce } from '../../../src/forecast/read-in-force.ts'
import { keepInForce, putInForce, rollBack } from '../../../src/learn/put-in-force.ts'
import { writeBundle } from '../../../src/learn/write-bundle.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { syntheticBundle } from '../../fixtures/synthetic-bundle.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const bundle = await syntheticBundle()
const named = (id: string): Bundle => ({ ...bundle, id })
const atMs = Date.parse('2026-11-20T12:00:00Z')
const by = { by: 'promote', why: 'a test', atMs } as const

async function folderWith(...ids: readonly string[]): Promise<string> {
  const folder = join(temporaryFolder(), 'models')
  for (const id of ids) await writeBundle(folder, id, { model: formatBundle(named(id)), card: `# ${id}\n` })
  return folder
}

const pointsToRollback = (code: ErrorCode, detail: RegExp) => (error: unknown) =>
  failsWith(code, detail)(error) && error instanceof KnownError && /models rollback/.test(error.fix)

const inForce = async (folder: string): Promise<string> => (await readBundle(folder, null)).id

describe('a bundle', () => {
  it('is the last by name until one is put in force, and then that one', async () => {
    const folder = await folderWith('a', 'b', 'c')
    assert.equal(await inForce(folder), 'c')
    const { history } = await putInForce(folder, { bundle: 'a', ...by })
    assert.equal(await inForce(folder), 'a')
    const change = { bundle: 'a', previous: 'c', at: '2026-11-20T12:00:00.000Z', forced: false }
    assert.deepEqual(history, [{ ...change, by: 'promote', why: 'a test' }])
    await writeBundle(folder, 'd', { model: formatBundle(named('d')), card: '' })
    assert.equal(await inForce(folder), 'a')
  })

  it('that is only added is not in force by its name once what is in force is written down', async () => {
    const folder = await folderWith('b')
    assert.equal((await keepInForce(folder, atMs))?.bundle, 'b')
    await writeBundle(folder, 'z', { model: formatBundle(named('z')), card: '' })
    assert.equal(await inForce(folder), 'b')
    assert.equal((await keepInForce(folder, atMs))?.history.length, 1)
    assert.equal(await keepInForce(temporaryFolder(), atMs), null)
  })

  it('is not put in force when it is not there or not whole, and the old one stays', async () => {
    const folder = await folderWith('a', 'b')
    await putInForce(folder, { bundle: 'a', ...by })
    writeFileSync(join(folder, 'b', 'model.json'), formatBundle(bundle).slice(0, 5000))
    await assert.rejects(
      () => putInForce(folder, { bundle: 'b', ...by }),
      failsWith('bundle-corrupt', /model\.json/),
    )
    await assert.rejects(
      () => putInForce(folder, { bundle: 'x', ...by }),
      failsWith('bundle-not-found', /^x in /),
    )
    assert.equal(await inForce(folder), 'a')
  })

  it('is never replaced by another in silence when it is in force and gone, or damaged', async () => {
    const folder = await folderWith('a', 'b')
    await putInForce(folder, { bundle: 'b', expected: 'b', ...by })
    await putInForce(folder, { bundle: 'a', ...by })
    rmSync(join(folder, 'a'), { recursive: true })
    await assert.rejects(
      () => readBundle(folder, null),
      pointsToRollback('bundle-not-found', /^a in .*in-force\.json/),
    )
    await rollBack(folder, { why: '', atMs })
    assert.equal(await inForce(folder), 'b')
    writeFileSync(join(folder, 'b', 'model.json'), 'torn')
    await assert.rejects(
      () => readBundle(folder, null),
      pointsToRollback('bundle-corrupt', /in-force\.json puts in force/),
    )
  })

  it('that is shipped is copied to the own ones when it is put in force', async () => {
    const behind = await folderWith('shipped-1')
    const place = { own: join(temporaryFolder(), 'own'), behind }
    await keepInForce(place, atMs)
    rmSync(behind, { recursive: true })
    assert.equal((await readBundle(place, null)).id, 'shipped-1')
    assert.equal(readFileSync(join(place.own, 'shipped-1', 'card.md'), 'utf8'), '# shipped-1\n')
  })

  it('is rolled back step by step, and not beyond the first', async () => {
    const folder = await folderWith('a', 'b', 'c')
    await assert.rejects(() => rollBack(folder, { why: '', atMs }), failsWith('no-bundle-before', /nothing/))
    for (const id of ['a', 'b', 'c']) await putInForce(folder, { bundle: id, ...by })
    const went: string[] = []
    for (let step = 0; step < 3; step++) went.push((await rollBack(folder, { why: '', atMs })).bundle)
    assert.deepEqual(went, ['b', 'a', 'c'])
    await assert.rejects(
      () => rollBack(folder, { why: '', atMs }),
      failsWith('no-bundle-before', /^c is the first/),
    )
  })
})

describe('two that promote at once', () => {
  it('do not lose a change: each expects what it has seen, and one of them is told', async () => {
    const folder = await folderWith('a', 'b', 'c')
    await putInForce(folder, { bundle: 'a', ...by })
    const both = await Promise.allSettled(
      ['b', 'c'].map((id) => putInForce(folder, { bundle: id, expected: 'a', ...by })),
    )
    const failed = both.find((one) => one.status === 'rejected')
    assert.equal(both.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.equal(failed?.reason.code, 'in-force-changed')
    assert.equal((await readInForce(folder))?.history.length, 2)
  })

  it('both stand in the history when neither minds the other', async () => {
    const folder = await folderWith('a', 'b', 'c')
    await Promise.all(['a', 'b', 'c'].map((id) => putInForce(folder, { bundle: id, ...by })))
    const history = (await readInForce(folder))?.history ?? []
    assert.equal(history.length, 3)
    for (const [index, { previous }] of history.entries())
      if (index > 0) assert.equal(previous, history[index - 1]?.bundle)
  })
})

describe('the file that says what is in force', () => {
  it('is not guessed at when it is damaged, and made anew by the next promotion', async () => {
    const folder = await folderWith('a', 'b')
    const file = join(folder, 'in-force.json')
    for (const text of ['{', '{"schema":"in-force/1","bundle":"a","history":[]}', 'null']) {
      writeFileSync(file, text)
      await assert.rejects(() => readBundle(folder, null), failsWith('in-force-malformed', /in-force\.json/))
      await assert.rejects(
        () => rollBack(folder, { why: '', atMs }),
        failsWith('in-force-malformed', /in-force\.json/),
      )
    }
    await putInForce(folder, { bundle: 'a', ...by })
    assert.equal(await inForce(folder), 'a')
  })

  it('must name the bundle that came last', async () => {
    const folder = await folderWith('a', 'b')
    await putInForce(folder, { bundle: 'a', ...by })
    const file = join(folder, 'in-force.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"bundle": "a"', '"bundle": "b"'))
    await assert.rejects(
      () => readInForce(folder),
      failsWith('in-force-malformed', /b is in force, a came last/),
    )
  })
})

describe('what a killed writer left', () => {
  it('is no bundle, and goes when the next is written', async () => {
    const folder = await folderWith('a')
    const leftOver = join(folder, '.b.part')
    mkdirSync(leftOver)
    writeFileSync(join(leftOver, 'model.json'), formatBundle(named('b')))
    assert.equal(await inForce(folder), 'a')
    await writeBundle(folder, 'b', { model: formatBundle(named('b')), card: '' })
    assert.equal(existsSync(leftOver), false)
    assert.deepEqual(readdirSync(folder).sort(), ['.lock', 'a', 'b'])
  })
})
