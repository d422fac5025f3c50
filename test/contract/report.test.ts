import assert from 'node:assert/strict'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { documentOf, reportOn, storeOf } from '../fixtures/report-store.ts'
import { ORDINARY, toldRun } from '../fixtures/report-worlds.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'
import { cli } from '../unit/cli/fake-app.ts'

const ordinary = await storeOf(ORDINARY)

/** What a report tells of itself, by name. */
async function aboutOf(cwd: string, ...args: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const { about } = await documentOf(cwd, ...args)
  return Object.fromEntries(about)
}

async function refused(args: readonly string[], cwd = ordinary): Promise<string> {
  const { exit, stdout, stderr } = await reportOn(cwd, args)
  assert.deepEqual([exit, stdout], [2, ''], args.join(' '))
  return stderr
}

describe('foretoken report', () => {
  it('is about the store, gives the same bytes each time, and needs a store', async () => {
    const first = await reportOn(ordinary, ['all', '--format', 'html'])
    assert.deepEqual(await reportOn(ordinary, ['all', '--format', 'html']), first)
    const none = temporaryFolder()
    assert.match(await refused(['budget'], none), /No store|store/i)
    const { error } = JSON.parse((await reportOn(none, ['budget', '--format', 'json'])).stdout)
    assert.deepEqual([error.code, error.exit], ['store-not-found', 2])
  })

  it('looks at budgets that are asked for, and refuses those that are none', async () => {
    const { sections } = await documentOf(
      ordinary,
      'budget',
      '--at-tokens',
      '33333',
      '--at-steps',
      '7',
      '--at-usd',
      '0.033',
    )
    const keys = sections.flatMap(({ blocks }: { blocks: { table: { columns: { key: string }[] } }[] }) =>
      blocks.flatMap(({ table }) => table.columns.map(({ key }) => key)),
    )
    for (const key of ['rr_at_33333_tokens', 'rr_at_7_steps', 'rr_at_0.033_usd'])
      assert.ok(keys.includes(key), key)
    for (const name of ['tokens', 'steps', 'usd', 'seconds']) {
      for (const amount of ['0', '-1', 'NaN', 'many', '', 'Infinity']) {
        assert.match(await refused(['budget', `--at-${name}`, amount]), /Wrong use of the command/)
      }
    }
    for (const margin of ['0', '100', '-3', 'x'])
      assert.match(await refused(['noise', '--margin', margin]), /margin/)
  })

  it('is of the runs that are chosen, and says so', async () => {
    const runs = async (...args: readonly string[]) => (await aboutOf(ordinary, 'budget', ...args)).runs
    assert.equal(await runs(), '48')
    const parts: readonly (readonly [string, ...(readonly string[])[]])[] = [
      [
        '48',
        ['--benchmark', 'made'],
        ['--agent', 'agent-?'],
        ['--source', 'run*'],
        ['--repository', 'example/*'],
      ],
      ['24', ['--model', 'gpt-5'], ['--model', 'claude-*']],
      ['6', ['--task', 'example__tables-3']],
      ['2', ['--outcome', 'budget-exhausted']],
      [
        '0',
        ['--benchmark', 'other'],
        ['--outcome', 'timed-out'],
        ['--from', '2027-01-01'],
        ['--before', '2026-01-05'],
      ],
      [
        '16',
        ['--before', '2026-01-06'],
        ['--from', '2026-01-07'],
        ['--from', '2026-01-06', '--before', '2026-01-07'],
      ],
      // The moment itself belongs to what comes after.
      ['46', ['--from', '2026-01-05T09:00:00Z']],
      ['2', ['--before', '2026-01-05T09:00:00Z']],
    ]
    for (const [expected, ...choices] of parts) {
      for (const choice of choices) assert.equal(await runs(...choice), expected, choice.join(' '))
    }
    const about = await aboutOf(
      ordinary,
      'budget',
      '--model',
      'gpt-5',
      '--from',
      '2026-01-06',
      '--superseded',
    )
    assert.deepEqual(
      [about['only model'], about['only from'], about.also],
      ['gpt-5', '2026-01-06', 'superseded tellings'],
    )
    assert.match(await refused(['budget', '--outcome', 'won']), /outcome/)
    assert.match(await refused(['budget', '--from', 'yesterday']), /from/)
  })

  it('is of files instead, without a store, and tells what of them could not be read', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'good.jsonl'), `${ORDINARY.join('\n')}\n`)
    writeFileSync(
      join(cwd, 'bad.jsonl'),
      `${toldRun('x', {})}\n{"schema":"run/1"\n${toldRun('y', { task: 'task-2' })}\n`,
    )
    writeFileSync(join(cwd, 'notes.md'), '# Notes\n')
    const whole = await cli(['report', 'budget', 'good.jsonl', '--format', 'json'], { cwd })
    assert.deepEqual([whole.exit, whole.stderr], [0, ''])
    assert.equal(existsSync(join(cwd, '.foretoken')), false)
    const asked = [
      'report',
      'budget',
      'good.jsonl',
      'bad.jsonl',
      'gone.jsonl',
      'notes.md',
      '--format',
      'json',
    ]
    const { exit, stdout, stderr } = await cli(asked, { cwd })
    assert.equal(exit, 2)
    assert.deepEqual(Object.fromEntries(JSON.parse(stdout).about).runs, '50')
    assert.match(stderr, /^not read: gone\.jsonl: No such file: gone\.jsonl$/m)
    assert.match(stderr, /^not read: notes\.md: of no known format$/m)
    assert.match(stderr, /^not read: .*bad\.jsonl, line 2/m)
    const strange = await cli(['report', 'budget', 'good.jsonl', 'notes.md', '--format', 'json'], { cwd })
    assert.equal(strange.exit, 0)
  })

  it('refuses what does not go together', async () => {
    assert.match(
      await refused(['budget', 'a.jsonl', '--corpus', 'c']),
      /--corpus and a\.jsonl.*\n.*a corpus or files, not both/,
    )
    assert.match(await refused(['budget', '--corpus', 'c', '--tasks', 't']), /--corpus and --tasks/)
    assert.match(await refused(['budget', '--corpus', 'nowhere']), /No such file/)
    assert.match(await refused([]), /needs a command below it/)
  })

  it('takes the difficulty and the kind of tasks from a file', async () => {
    const rows = ORDINARY.slice(0, 8).map(
      (_, i) => `example__tables-${i + 1},${i < 5 ? 'easy' : 'hard'},${i % 2 ? 'bug' : 'feature'}`,
    )
    writeFileSync(join(ordinary, 'tasks.csv'), `id,difficulty,kind\n${rows.join('\n')}\n`)
    const { sections } = await documentOf(ordinary, 'consumption', '--tasks', 'tasks.csv')
    const tables = sections.flatMap(({ blocks }: { blocks: { table: { id: string; rows: object[] } }[] }) =>
      blocks.map(({ table }) => table),
    )
    const kinds = tables.find(({ id }: { id: string }) => id === 'kinds-made')
    assert.deepEqual(
      kinds?.rows.map(({ kind }: { kind: string }) => kind),
      ['bug', 'feature'],
    )
    assert.ok(tables.some(({ id }: { id: string }) => id === 'difficulty-made-table'))
    writeFileSync(join(ordinary, 'tasks.csv'), 'id,difficulty\na\n')
    assert.match(await refused(['consumption', '--tasks', 'tasks.csv']), /tasks\.csv, line 2/)
    assert.match(await refused(['consumption', '--tasks', 'gone.csv']), /No such file: gone\.csv/)
  })
})
