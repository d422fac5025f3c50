import assert from 'node:assert/strict'
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import type { App } from '../../src/app.ts'
import { DATA_FOLDER } from '../../src/cli/evaluate.ts'
import { trainTablesOnCluster } from '../../src/cli/train-on-cluster.ts'
import { trainStoreOnCluster } from '../../src/cli/train-store-on-cluster.ts'
import { KnownError } from '../../src/errors.ts'
import { formatBundle } from '../../src/forecast/bundle.ts'
import { formatInForce, withChange } from '../../src/forecast/in-force.ts'
import { writeBundle } from '../../src/learn/write-bundle.ts'
import { readSettings } from '../../src/settings.ts'
import { writeCutTables } from '../fixtures/cut-tables.ts'
import { runLine } from '../fixtures/run-lines.ts'
import { syntheticBundle } from '../fixtures/synthetic-bundle.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { type ClusterHabits, type TrainingCluster, trainingCluster } from '../fixtures/training-cluster.ts'
import { cli } from '../unit/cli/fake-app.ts'

const REQUEST = {
  ...{ image: 'registry.test/foretoken:1', cpus: 3, memoryBytes: 2 ** 30, timeoutMs: 60_000 },
  ...{ context: null, namespace: null, queue: null },
}

const data = temporaryFolder()
writeCutTables(data, 8)

describe('train --on kubernetes', { timeout: 300_000 }, () => {
  it('makes the bytes of a training here, and asks the cluster for what it was told to', async () => {
    const { cwd, app } = world()
    const local = await cli(['train', '--data', data, '--models', 'here', '--id', 'cut', '--seed', '3'], {
      cwd,
    })
    assert.equal(local.exit, 0, local.stderr)
    const cluster = trainingCluster()
    const exit = await train(app, cluster)
    assert.equal(exit, 0, app.noted())
    for (const name of ['model.json', 'card.md']) {
      const [made, wanted] = ['models', 'here'].map((folder) =>
        readFileSync(join(cwd, folder, 'cut', name), 'utf8'),
      )
      assert.equal(made, wanted)
    }
    assert.equal(app.printed(), local.stdout.replace('/here/', '/models/'))
    const [spec] = cluster.specs
    assert.deepEqual(spec?.floor, { cpus: 3, memoryBytes: 2 ** 30 })
    assert.deepEqual(
      [spec?.image, spec?.timeoutMs, spec?.ceiling.memoryBytes],
      [REQUEST.image, 60_000, 2 ** 30],
    )
    assert.deepEqual([spec?.env, spec?.gateway, cluster.swept()], [{}, null, 1])
    assert.ok(!existsSync(spec?.workspace ?? '/'))
  })

  it('sends the tables alone, whatever lies beside them', async () => {
    const folder = temporaryFolder()
    writeCutTables(folder, 8)
    writeFileSync(join(folder, 'secret.txt'), 'not for others')
    const { app } = world()
    const seen: string[][] = []
    const cluster = trainingCluster({ spoil: (pod) => seen.push(readdirSync(join(pod, 'data')).sort()) })
    assert.equal(await train(app, cluster, folder), 0, app.noted())
    assert.deepEqual(seen, [['caching.csv', 'grams.csv', 'spend.csv', 'tasks.csv']])
  })

  it('keeps no bundle that was damaged, is not there, or is no file', async () => {
    const model = (pod: string) => join(pod, 'models/cut/model.json')
    const edited = (pod: string, change: (text: string) => string) =>
      writeFileSync(model(pod), change(readFileSync(model(pod), 'utf8')))
    const spoilt: readonly (readonly [ClusterHabits['spoil'], string, RegExp])[] = [
      [
        (pod) => edited(pod, (text) => text.replace('"id":"cut"', '"id":"cux"')),
        'bundle-corrupt',
        /has hash/,
      ],
      [(pod) => appendFileSync(model(pod), 'more'), 'bundle-corrupt', /does not end like a bundle/],
      [(pod) => rmSync(model(pod)), 'bundle-not-found', /left no .*model.json/],
      [
        (pod) => {
          rmSync(join(pod, 'models/cut/card.md'))
          symlinkSync('/etc/passwd', join(pod, 'models/cut/card.md'))
        },
        'bundle-corrupt',
        /is not what a training leaves/,
      ],
    ]
    for (const [spoil, code, says] of spoilt) {
      const { cwd, app } = world()
      await assert.rejects(train(app, trainingCluster(spoil ? { spoil } : {})), known(code, says))
      assert.ok(!existsSync(join(cwd, 'models')))
    }
  })

  it('keeps no bundle that was made of other tables', async () => {
    const { cwd, app } = world()
    const other = changing((spend) => spend.trimEnd().split('\n').slice(0, -1).join('\n'))
    await assert.rejects(train(app, other), known('bundle-corrupt', /was made from tables .* not from/))
    assert.ok(!existsSync(join(cwd, 'models')))
  })

  it('passes on what the training itself says of a failure, with its exit code', async () => {
    const { cwd, app } = world()
    assert.equal(
      await train(
        app,
        changing(() => 'nothing\n'),
      ),
      2,
    )
    assert.match(app.noted(), /error: The data cannot be used: spend.csv/)
    assert.ok(!existsSync(join(cwd, 'models')))
  })

  it('says what the cluster did to it, and what to do', async () => {
    const ends = [
      [{ oomKills: 1, exit: 137 }, /ran out of its 1024 MiB/, /--memory-mib/],
      [{ timedOut: true, exit: 143 }, /had not ended after 60 s/, /--max-seconds/],
      [
        { started: false, infraReason: 'ImagePullBackOff: no such image' },
        /ImagePullBackOff/,
        /run it again/,
      ],
      [{ exit: 137 }, /ended by signal 9/, /run it again/],
    ] as const
    for (const [facts, says, fix] of ends) {
      const { cwd, app } = world()
      const error = await train(app, trainingCluster({ facts })).then(
        () => assert.fail('it was kept'),
        (error: unknown) => error,
      )
      assert.ok(known('cluster-failed', says)(error), String(error))
      assert.match((error as KnownError).fix, fix)
      assert.equal((error as KnownError).exit, 4)
      assert.ok(!existsSync(join(cwd, 'models')))
    }
  })

  it('is stopped in the cluster when it is interrupted, and leaves nothing here', async () => {
    const stop = new AbortController()
    const { cwd, app } = world(stop.signal)
    const cluster = trainingCluster()
    const before = workFolders()
    const stopped: TrainingCluster = {
      ...cluster,
      run(spec, signal) {
        setImmediate(() => stop.abort(new Error('interrupted')))
        return cluster.run(spec, signal)
      },
    }
    await assert.rejects(train(app, stopped), /interrupted/)
    assert.ok(!existsSync(join(cwd, 'models')))
    assert.deepEqual(workFolders(), before)
  })

  it('refuses bad tables before it asks the cluster for anything', async () => {
    const { app } = world()
    const cluster = trainingCluster()
    await assert.rejects(train(app, cluster, temporaryFolder()), known('file-not-found', /tasks.csv/))
    assert.deepEqual([cluster.specs.length, cluster.swept()], [0, 0])
  })
})

describe('train --from-store --on kubernetes', { timeout: 300_000 }, () => {
  it('makes and puts in force the bytes of a training here, from a copy of the store', async () => {
    const worlds = [await storeWorld(60), await storeWorld(60)] as const
    const here = await cli(['train', '--from-store', '--db', 'store.db'], {
      cwd: worlds[0].cwd,
    })
    assert.equal(here.exit, 0, here.stderr)
    const cluster = trainingCluster()
    assert.equal(await trainStore(worlds[1].app, cluster), 0, worlds[1].app.noted())
    assert.equal(worlds[1].app.printed(), here.stdout)
    const [wanted, made] = worlds.map(({ cwd }) => bundleInForce(cwd))
    assert.deepEqual(made, wanted)
    assert.ok(!existsSync(cluster.specs[0]?.workspace ?? '/'))
  })

  it('puts nothing in force where the comparison does not allow it, unless it is forced', async () => {
    const { app, cwd } = await storeWorld(6)
    assert.equal(await trainStore(app, trainingCluster()), 3, app.noted())
    assert.match(app.printed(), /too-little: verified-1 stays in force/)
    assert.equal(await trainStore(app, trainingCluster(), true), 0, app.noted())
    assert.match(app.printed(), /is in force, forced/)
    assert.match(bundleInForce(cwd).id, /^own-/)
  })

  it('puts nothing in force where another came in force meanwhile, or what came back is spoilt', async () => {
    const { app, cwd } = await storeWorld(60)
    const text = formatBundle({ ...(await syntheticBundle()), id: 'other-1' })
    await writeBundle(join(cwd, OWN), 'other-1', { model: text, card: '' })
    const change = { bundle: 'other-1', previous: null, by: 'promote', forced: false, why: '' } as const
    const promote = () =>
      writeFileSync(
        join(cwd, OWN, 'in-force.json'),
        formatInForce(withChange(null, { ...change, at: '2026-01-01T00:00:00Z' })),
      )
    const cluster = trainingCluster({ spoil: promote })
    await assert.rejects(trainStore(app, cluster), known('in-force-changed', /other-1/))
    assert.equal(bundleInForce(cwd).id, 'other-1')
    const spoilt = await storeWorld(60)
    const spoil = (pod: string) => {
      const [id = ''] = readdirSync(join(pod, 'models')).filter((name) => name.startsWith('own-'))
      appendFileSync(join(pod, 'models', id, 'model.json'), 'more')
    }
    await assert.rejects(
      trainStore(spoilt.app, trainingCluster({ spoil })),
      known('bundle-corrupt', /does not end/),
    )
    assert.equal(bundleInForce(spoilt.cwd).id, 'verified-1')
  })

  it('asks the cluster for nothing where there is no store', async () => {
    const { app } = world()
    const cluster = trainingCluster()
    await assert.rejects(trainStore(app, cluster), known('store-not-found', /store\.db/))
    assert.equal(cluster.specs.length, 0)
  })
})

/** A cluster in which the table of what was spent becomes another one. */
function changing(change: (spend: string) => string): TrainingCluster {
  const cluster = trainingCluster()
  return {
    ...cluster,
    run(spec, signal) {
      const table = join(spec.workspace, 'data/spend.csv')
      writeFileSync(table, change(readFileSync(table, 'utf8')))
      return cluster.run(spec, signal)
    },
  }
}

/** Where one's own bundles are if nothing else is said. */
const OWN = '.foretoken/models'

/** A folder with a store of so many runs. */
async function storeWorld(runs: number) {
  const { cwd, app } = world()
  const lines = Array.from({ length: runs }, (_, i) => runLine(i, 3))
  writeFileSync(join(cwd, 'runs.jsonl'), `${lines.join('\n')}\n`)
  const { exit, stderr } = await cli(['import', 'runs.jsonl', '--db', 'store.db'], { cwd })
  assert.equal(exit, 0, stderr)
  return { cwd, app }
}

/** The bundle in force, and its bytes. */
function bundleInForce(cwd: string) {
  const { bundle: id } = JSON.parse(readFileSync(join(cwd, OWN, 'in-force.json'), 'utf8')) as {
    bundle: string
  }
  const files = ['model.json', 'card.md'].map((name) => join(cwd, OWN, id, name))
  return { id, text: files.map((file) => (existsSync(file) ? readFileSync(file, 'utf8') : null)) }
}

async function trainStore(app: World, cluster: TrainingCluster, force = false): Promise<number> {
  const settings = await readSettings(app, { db: 'store.db' })
  const call = { app, settings, format: 'text', options: {}, args: [] } as const
  const asked = { data: DATA_FOLDER, id: undefined, seed: 1, force, request: REQUEST }
  return trainStoreOnCluster(call, asked, async () => cluster)
}

interface World extends App {
  readonly printed: () => string
  readonly noted: () => string
}

function world(signal = new AbortController().signal): { readonly cwd: string; readonly app: World } {
  const cwd = temporaryFolder()
  const written = { out: '', err: '' }
  const app: World = {
    ...{ args: [], env: {}, cwd, now: Date.now, columns: 80, signal, kill: signal },
    ...{ stdin: async function* () {}, stdinIsTty: false, stdoutIsTty: false, stderrIsTty: false },
    print: (text) => {
      written.out += text
    },
    note: (text) => {
      written.err += text
    },
    printed: () => written.out,
    noted: () => written.err,
  }
  return { cwd, app }
}

async function train(app: World, cluster: TrainingCluster, tables = data): Promise<number> {
  const settings = await readSettings(app, { models: 'models' })
  const call = { app, settings, format: 'text', options: {}, args: [] } as const
  return trainTablesOnCluster(
    call,
    { data: tables, id: 'cut', seed: 3, request: REQUEST },
    async () => cluster,
  )
}

const known = (code: string, says: RegExp) => (error: unknown) =>
  error instanceof KnownError && error.code === code && says.test(error.detail)

const workFolders = (): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith('foretoken-') && name.includes(`.${process.pid}.`))
