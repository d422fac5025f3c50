import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type Bundle, formatBundle, type HeadState } from '../../src/forecast/bundle.ts'
import {
  BUNDLE_ID,
  MODELS,
  syntheticBundle,
  syntheticModels,
  writeBundle,
} from '../fixtures/synthetic-bundle.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { cli } from '../unit/cli/fake-app.ts'

const models = await syntheticModels()
const bundle = await syntheticBundle()
const text = readFileSync(join(models, BUNDLE_ID, 'model.json'), 'utf8')

describe('models list', () => {
  it('lists every bundle of the folder', async () => {
    const { exit, stdout } = await cli(['models', 'list', '--models', models])
    assert.deepEqual(
      [exit, stdout],
      [0, `* ${BUNDLE_ID}  80 tasks, 3 agents with models, data abababababab\n`],
    )
    const json = await cli(['models', 'list', '--models', models, '--format', 'json'])
    assert.deepEqual(JSON.parse(json.stdout), {
      schema: 'models/1',
      models: [{ id: BUNDLE_ID, tasks: 80, pairs: 3, data: 'abababababab', inForce: true }],
    })
  })

  it('fails for a folder without bundles, and names one that is damaged', async () => {
    const none = await cli(['models', 'list', '--models', temporaryFolder()])
    assert.deepEqual([none.exit, none.stdout], [2, ''])
    assert.match(none.stderr, /^error: No such model bundle: any in .*\n→ /)
    const folder = temporaryFolder()
    writeBundle(folder, 'fine', text)
    writeBundle(folder, 'torn', text.slice(0, 1000))
    const torn = await cli(['models', 'list', '--models', folder, '--format', 'json'])
    assert.equal(torn.exit, 2)
    assert.equal(JSON.parse(torn.stdout).error.code, 'bundle-corrupt')
    assert.match(JSON.parse(torn.stdout).error.detail, /torn.model\.json/)
  })
})

describe('models show', () => {
  it('tells what a bundle knows', async () => {
    const { exit, stdout } = await cli(['models', 'show', '--models', models])
    assert.equal(exit, 0)
    assert.match(stdout, /^synthetic-1: 80 tasks of 4 repositories, data abababababab\n/)
    for (const model of MODELS)
      assert.match(stdout, new RegExp(`^ {2}openhands · ${model} {2}\\(80 tasks, means of 4 runs\\)$`, 'm'))
    assert.ok(stdout.endsWith(`card: ${join(models, BUNDLE_ID, 'card.md')}\n`))
  })

  it('tells it to programs with the facts of each pair', async () => {
    const { stdout } = await cli(['models', 'show', BUNDLE_ID, '--models', models, '--format', 'json'])
    const answer = JSON.parse(stdout)
    assert.deepEqual(Object.keys(answer), ['schema', 'id', 'data', 'tasks', 'pairs', 'repositories'])
    assert.deepEqual([answer.schema, answer.id, answer.pairs.length], ['model/1', BUNDLE_ID, 3])
    assert.deepEqual(answer.repositories, ['acme/anvil', 'acme/bellows', 'acme/crucible', 'acme/drill'])
  })

  it('fails for a bundle that is not there and says which are', async () => {
    const { exit, stderr } = await cli(['models', 'show', 'nope', '--models', models])
    assert.equal(exit, 2)
    assert.match(stderr, /^error: No such model bundle: nope in .*\n→ there is synthetic-1\n$/)
  })
})

/** A folder with bundles that differ in nothing but their names. */
function modelsNamed(...ids: readonly string[]): string {
  const folder = temporaryFolder()
  for (const id of ids) writeBundle(folder, id, formatBundle({ ...bundle, id }))
  return folder
}

describe('models promote and rollback', () => {
  it('put a bundle in force and the one before again, and keep why', async () => {
    const folder = modelsNamed('a', 'b', 'c')
    const put = await cli(['models', 'promote', 'a', '--models', folder, '--why', 'c is too dear'])
    assert.deepEqual([put.exit, put.stdout], [0, 'a is in force in place of c\n'])
    await cli(['models', 'promote', 'b', '--models', folder])
    const list = await cli(['models', 'list', '--models', folder])
    assert.deepEqual(
      list.stdout.split('\n').map((line) => line.slice(0, 3)),
      ['  a', '* b', '  c', ''],
    )
    const back = await cli(['models', 'rollback', '--models', folder, '--format', 'json'])
    const { schema, bundle: now, history } = JSON.parse(back.stdout)
    assert.deepEqual([schema, now], ['in-force/1', 'a'])
    assert.deepEqual(
      history.map(({ bundle, previous, by, why }: Record<string, string>) => [bundle, previous, by, why]),
      [
        ['a', 'c', 'promote', 'c is too dear'],
        ['b', 'a', 'promote', ''],
        ['a', 'b', 'rollback', ''],
      ],
    )
    const further = await cli(['models', 'rollback', '--models', folder])
    assert.equal(further.stdout, 'c is in force in place of a\n')
    const none = await cli(['models', 'rollback', '--models', folder])
    assert.deepEqual([none.exit, none.stdout], [2, ''])
    assert.match(
      none.stderr,
      /^error: There is no bundle to go back to: c is the first in force\n→ choose one/,
    )
  })

  it('refuse what is not there, and tell when a setting goes before', async () => {
    const folder = modelsNamed('a', 'b')
    const refused = await cli(['models', 'promote', 'x', '--models', folder])
    assert.deepEqual([refused.exit, existsSync(join(folder, 'in-force.json'))], [2, false])
    assert.match(refused.stderr, /No such model bundle: x in .*\n→ there are a, b\n$/)
    const { stderr } = await cli(['models', 'promote', 'a', '--models', folder], {
      env: { FORETOKEN_BUNDLE: 'b' },
    })
    assert.match(stderr, /names b: that goes before/)
  })

  it('write to the own folder where none is named, with the shipped bundles behind it', async () => {
    const cwd = temporaryFolder()
    const before = await cli(['models', 'list'], { cwd })
    assert.match(before.stdout, /^\* verified-1 /)
    writeBundle(join(cwd, '.foretoken/models'), 'mine-1', formatBundle({ ...bundle, id: 'mine-1' }))
    const still = await cli(['models', 'list'], { cwd })
    assert.match(still.stdout, /^ {2}mine-1 .*\n\* verified-1 /)
    await cli(['models', 'promote', 'mine-1'], { cwd })
    const after = await cli(['models', 'list'], { cwd })
    assert.match(after.stdout, /^\* mine-1 .*\n {2}verified-1 /)
    const back = await cli(['models', 'rollback'], { cwd })
    assert.equal(back.stdout, 'verified-1 is in force in place of mine-1\n')
    assert.deepEqual(readdirSync(join(cwd, '.foretoken/models')).sort(), [
      '.lock',
      'in-force.json',
      'mine-1',
      'verified-1',
    ])
  })
})

describe('models diff', () => {
  it('tells by how much forecasts of the same tasks differ, and what is known of whom', async () => {
    const folder = modelsNamed('a')
    const dearer = doubled(bundle)
    writeBundle(folder, 'b', formatBundle({ ...dearer, id: 'b' }))
    const { exit, stdout } = await cli(['models', 'diff', 'a', '--models', folder, '--format', 'json'])
    assert.equal(exit, 0)
    const diff = JSON.parse(stdout)
    assert.deepEqual(
      [diff.schema, diff.from.id, diff.to.id, diff.sameData],
      ['models-diff/1', 'a', 'b', true],
    )
    assert.deepEqual([diff.pairs.added, diff.pairs.removed, diff.pairs.both.length], [[], [], MODELS.length])
    for (const pair of [...diff.pairs.both, diff]) {
      assert.ok(Math.abs(pair.forecasts.totalTokens.median - 2) < 0.01)
      assert.ok(Math.abs(pair.forecasts.totalTokens.largest.factor - 2) < 0.01)
      assert.ok(Math.abs(pair.forecasts.width.median - 1) < 0.01)
    }
    for (const { totalTokens, outputTokens } of diff.pairs.both) {
      assert.ok(Math.abs(totalTokens - 2) < 1e-9)
      assert.equal(outputTokens, 1)
    }
    const text = await cli(['models', 'diff', 'a', 'b', '--models', folder], { columns: 200 })
    assert.match(text.stdout, /^a → b\n/)
    assert.match(text.stdout, /openhands · gpt-5 +× 2\.00 +× 1\.00 +× 2\.00 +× 2\.00 +× 1\.00/)
  })

  it('names agents with models and repositories that only one of them knows', async () => {
    const { stdout } = await cli(['models', 'diff', 'verified-1', BUNDLE_ID], { cwd: cwdWith(bundle) })
    assert.match(stdout, /^verified-1 → synthetic-1\n/)
    assert.match(stdout, /^\+ openhands · mystery-1$/m)
    assert.match(stdout, /^- openhands · kimi-k2$/m)
    assert.match(stdout, /^\+ acme\/anvil, acme\/bellows/m)
  })
})

/** Its total tokens are twice as many in every way, its output tokens the same. */
function doubled({ heads, ...rest }: Bundle): Bundle {
  const shifted = (head: HeadState): HeadState => {
    const { output, total } = head.quantities
    const series = total.series.map((each) => ({ ...each, offset: each.offset + Math.log10(2) }))
    return { ...head, quantities: { output, total: { ...total, series } } }
  }
  return { ...rest, heads: { repository: shifted(heads.repository), issue: shifted(heads.issue) } }
}

function cwdWith(own: Bundle): string {
  const cwd = temporaryFolder()
  writeBundle(join(cwd, '.foretoken/models'), own.id, formatBundle(own))
  return cwd
}

describe('train', () => {
  it('refuses an id that is a path, a seed that is no number, and a folder without tables, and writes nothing', async () => {
    const folder = temporaryFolder()
    const refused = async (named: RegExp, ...args: string[]) => {
      const { exit, stdout, stderr } = await cli(['train', '--models', folder, ...args], { cwd: folder })
      assert.deepEqual([exit, stdout], [2, ''])
      assert.match(stderr, named)
      assert.deepEqual(readdirSync(folder), [])
    }
    await refused(/--id "\.\.\/x": expected lower-case/, '--id', '../x')
    await refused(/--seed "much"/, '--seed', 'much')
    await refused(/No such file: .*absent.tasks\.csv\n→/, '--data', 'absent')
  })
})
