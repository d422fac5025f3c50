import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { formatBundle } from '../../src/forecast/bundle.ts'
import { putInForce } from '../../src/learn/put-in-force.ts'
import { checkAnswer, OPERATIONS } from '../fixtures/server/api-document.ts'
import { RUNS } from '../fixtures/server/running-service.ts'
import { testService } from '../fixtures/server/test-service.ts'
import { BUNDLE_ID, syntheticBundle, syntheticModels, writeBundle } from '../fixtures/synthetic-bundle.ts'

/** What takes a process ends at once: nothing is run, trained or imported; what is told of imports is a document. */
const IMPORT = { schema: 'import/1', dryRun: false, sources: [], skipped: [] }
const COMMAND = [process.execPath, '-e', `console.log('${JSON.stringify(IMPORT)}')`, '--']
const SECOND = 'second-1'

/** Two bundles, the one and then the other of which was in force: there is one to go back to. */
async function twoBundles(): Promise<string> {
  const models = await syntheticModels()
  const bundle = { ...(await syntheticBundle()), id: SECOND }
  writeBundle(models, SECOND, formatBundle(bundle))
  for (const id of [SECOND, BUNDLE_ID])
    await putInForce(models, { bundle: id, by: 'promote', why: 'a test', atMs: Date.parse('2026-11-20') })
  return models
}

const service = await testService({
  flags: { models: await twoBundles() },
  settings: { runs: RUNS },
  options: { command: COMMAND },
})

const ISSUE = { title: 'Crash on empty input' }
const BODIES: Readonly<Record<string, readonly [body: object, other: object]>> = {
  post_v1_estimates: [{ issue: ISSUE }, { issue: { title: 'Another' } }],
  post_v1_verdicts: [
    {
      budget: { models: ['gpt-5'], rules: [{ name: 'a task', perTask: { usd: 2 } }] },
      tasks: [{ issue: ISSUE }],
    },
    {
      budget: { models: ['gpt-5'], rules: [{ name: 'a task', perTask: { usd: 3 } }] },
      tasks: [{ issue: ISSUE }],
    },
  ],
  post_v1_runs: [
    { task: 'fair-split', model: 'gpt-5' },
    { task: 'fair-split', model: 'gpt-4' },
  ],
  post_v1_trajectories: [{ a: 1 }, { a: 2 }],
  post_v1_trainings: [{ id: 'a' }, { id: 'b' }],
  post_v1_models_id_promote: [{ why: 'to try it' }, { why: 'to go back' }],
  post_v1_models_rollback: [{ why: 'it was too dear' }, { why: 'it was too cheap' }],
}

describe('an Idempotency-Key', () => {
  for (const own of OPERATIONS.filter(({ method }) => method === 'post')) {
    const { operationId } = own
    const path = own.path.replace('{id}', SECOND)
    const [body, other] = BODIES[operationId] ?? assert.fail(`no body for ${operationId}`)
    const headers = { 'idempotency-key': operationId }

    it(`has ${operationId} done once, and answered alike however often`, async () => {
      assert.ok(own.parameters.some(({ name }) => name === 'Idempotency-Key'))
      const answers = await Promise.all([1, 2, 3].map(() => service.post(path, body, headers)))
      const texts = await Promise.all(answers.map((answer) => checkAnswer(own, answer)))
      const statuses = answers.map(({ status }) => status)
      const done = statuses.findIndex((status) => status < 300)
      assert.ok(done >= 0, texts.join())
      // Who asks while it is being answered is told so, or waits for nothing because it is there already.
      for (const [i, status] of statuses.entries())
        if (status >= 300) assert.match(texts[i] ?? '', /"idempotency-conflict"/)
      const again = await service.post(path, body, headers)
      assert.equal(await checkAnswer(own, again), texts[done])
      assert.equal(again.status, statuses[done])
      assert.equal(again.headers.get('idempotent-replayed'), 'true')
      assert.equal(again.headers.get('location'), answers[done]?.headers.get('location'))
    })

    it(`of ${operationId} is refused with another body, and where it is none`, async () => {
      const mismatch = await service.post(path, other, headers)
      assert.equal(mismatch.status, 422)
      assert.match(await checkAnswer(own, mismatch), /"idempotency-mismatch"/)
      const none = await service.post(path, body, { 'idempotency-key': 'x'.repeat(256) })
      assert.equal(none.status, 400)
      await checkAnswer(own, none)
    })
  }
})

describe('one that is being answered', () => {
  it('is refused meanwhile, with 409', async () => {
    const headers = { 'idempotency-key': 'both' }
    const asked = { issue: { title: 'x', body: 'word '.repeat(20_000) } }
    const answers = await Promise.all([1, 2, 3, 4].map(() => service.post('/v1/estimates', asked, headers)))
    const statuses = answers.map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 409).length > 0, true, statuses.join())
    await Promise.all(answers.map((answer) => answer.text()))
  })
})
