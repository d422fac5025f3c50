import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { documentOf, reportOn, storeOf } from '../fixtures/report-store.ts'
import { ORDINARY, toldRun } from '../fixtures/report-worlds.ts'
import { cli } from '../unit/cli/fake-app.ts'

const ordinary = await storeOf(ORDINARY)

async function refused(args: readonly string[]): Promise<string> {
  const { exit, stdout, stderr } = await reportOn(ordinary, args)
  assert.deepEqual([exit, stdout], [2, ''], args.join(' '))
  return stderr
}

describe('what a report writes', () => {
  it('is the file asked for, with the figures beside it and linked from where it is', async () => {
    const asked = ['budget', '--format', 'markdown', '--out', 'docs/report.md', '--figures', 'docs/figures']
    const { exit, stdout, stderr } = await reportOn(ordinary, asked)
    assert.deepEqual([exit, stdout, stderr], [0, '', 'written: docs/report.md\n'])
    const text = readFileSync(join(ordinary, 'docs/report.md'), 'utf8')
    const links = [...text.matchAll(/!\[[^\]]*\]\(<([^>]+)>\)/g)].map(([, link = '']) => link)
    assert.ok(links.length > 5)
    for (const link of links) assert.ok(existsSync(join(ordinary, 'docs', link)), link)
    const names = readdirSync(join(ordinary, 'docs/figures'))
    assert.deepEqual(new Set(names.map((name) => name.replace(/^.*\./, ''))), new Set(['png', 'svg']))
    assert.equal(names.length, 2 * links.length)
  })

  it('is linked as seen from the working folder where it goes to standard output', async () => {
    const { stdout } = await reportOn(ordinary, [
      'budget',
      '--format',
      'markdown',
      '--figures',
      'docs/figures',
    ])
    assert.match(stdout, /\(<docs\/figures\/performance-made\.png>\)/)
  })

  it('fails before the work where figures cannot be written, and whole where the report cannot', async () => {
    writeFileSync(join(ordinary, 'file'), 'x')
    assert.match(await refused(['budget', '--figures', 'file/figures']), /File cannot be written/)
    assert.match(await refused(['budget', '--out', 'file/report.txt']), /File cannot be written/)
    mkdirSync(join(ordinary, 'taken'))
    assert.match(await refused(['budget', '--out', 'taken']), /File cannot be written/)
    assert.deepEqual(
      readdirSync(ordinary).filter((name) => name.endsWith('.part')),
      [],
    )
  })
})

describe('kept forecasts', () => {
  it('are reported with the runs that came of them, of those that are chosen', async () => {
    const cwd = await storeOf(ORDINARY)
    writeFileSync(join(cwd, 'issue.md'), '---\nid: task-9\n---\n# Rows are lost\n')
    const env = { FORETOKEN_DB: join(cwd, 'store.db') }
    const estimated = await cli(['estimate', 'issue.md', '--agent', 'agent-a', '--model', 'gpt-5'], {
      cwd,
      env,
    })
    assert.equal(estimated.exit, 0)
    const waiting = await documentOf(cwd, 'forecast')
    assert.match(waiting.summary.join(), /^No forecast has met its run yet/)
    assert.deepEqual(waiting.excluded, [
      { runs: 1, why: 'no run has come of the forecast yet', from: 'all figures of forecasts' },
    ])
    const line = toldRun('later', { task: 'task-9', startedAt: '2026-12-01T00:00:00Z' })
    writeFileSync(join(cwd, 'later.jsonl'), `${line}\n`)
    await cli(['import', 'later.jsonl'], { cwd, env })
    const { summary, sections } = await documentOf(cwd, 'forecast')
    assert.match(
      summary.join(),
      /^Of one run that was forecast, [01] \(\d+ %\) spent what the 80 % range said\.$/,
    )
    assert.deepEqual(
      sections.map(({ id }: { id: string }) => id),
      ['foreseen', 'calibration'],
    )
    assert.match(
      (await documentOf(cwd, 'forecast', '--model', 'kimi*')).summary.join(),
      /No forecast has met/,
    )
    assert.match((await documentOf(cwd, 'forecast', '--task', 'task-9')).summary.join(), /^Of one run/)
  })
})
