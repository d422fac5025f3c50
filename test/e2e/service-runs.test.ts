import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import { serverSentEvents } from '../../src/server/client/server-sent-events.ts'
import { EstimateAnswer } from '../../src/server/schemas/estimate-answer.ts'
import { RunJob, RunList, StoredRunSchema } from '../../src/server/schemas/run-asked.ts'
import { matchedEstimates } from '../../src/store/keep-estimates.ts'
import { openStore } from '../../src/store/open-store.ts'
import { checkAnswer, operation } from '../fixtures/server/api-document.ts'
import { runningService } from '../fixtures/server/running-service.ts'

const service = await runningService()
const TASK = { task: 'fair-split', model: 'gpt-5' }

const start = async (more: object = {}) => {
  const answer = await service.post('/v1/runs', { ...TASK, ...more })
  assert.equal(answer.status, 202)
  return RunJob.parse(JSON.parse(await checkAnswer(operation('post_v1_runs'), answer)))
}

const stateOf = async (id: string) => RunJob.parse(await (await service.fetch(`/v1/runs/${id}`)).json())

const follow = (id: string, after?: number) =>
  service.fetch(
    `/v1/runs/${id}/events`,
    after === undefined ? {} : { headers: { 'last-event-id': String(after) } },
  )

/** Reads events until there are no more, or one is enough. */
async function eventsOf(answer: Response, isEnough: (event: string) => boolean = () => false) {
  const seen: { id: number | null; event: string; data: Record<string, unknown> }[] = []
  for await (const { id, event, data } of serverSentEvents(answer.body ?? assert.fail('no events'))) {
    seen.push({ id: id === null ? null : Number(id), event, data: JSON.parse(data) })
    if (isEnough(event)) break
  }
  return seen
}

const kept = <T extends { readonly id: number | null }>(events: readonly T[]): readonly T[] =>
  events.filter(({ id }) => id !== null)

const cancel = (id: string) => service.fetch(`/v1/runs/${id}`, { method: 'DELETE' })

/** Made before the first run. */
const estimate = (async () => {
  const asked = { id: 'fair-split', issue: { title: 'Cents get lost' }, agent: 'builtin', models: ['gpt-5'] }
  return EstimateAnswer.parse(await (await service.post('/v1/estimates', asked)).json())
})()

describe('a run over HTTP', () => {
  it('is followed by two, each told everything once and in order; who comes back is told what follows', async () => {
    await estimate
    const { id } = await start()
    const [one, two] = await Promise.all([
      follow(id).then((it) => eventsOf(it)),
      follow(id).then((it) => eventsOf(it)),
    ])
    assert.deepEqual(
      kept(one).map(({ event }) => event),
      ['planned', 'began', 'ended'],
    )
    assert.deepEqual(
      kept(one).map((each) => each.id),
      [1, 2, 3],
    )
    assert.deepEqual(kept(two), kept(one))
    assert.deepEqual(one.at(-1), { id: null, event: 'end', data: { state: 'done' } })
    for (const after of [1, 2]) {
      const rest = await eventsOf(await follow(id, after))
      assert.deepEqual(kept(rest), kept(one).slice(after))
      assert.equal(rest.at(-1)?.event, 'end')
    }
    const over = await follow(id, 3)
    assert.equal(over.status, 204)
    await checkAnswer(operation('get_v1_runs_id_events'), over)
    assert.equal(
      (await service.fetch(`/v1/runs/${id}/events`, { headers: { 'last-event-id': 'x' } })).status,
      400,
    )
    const done = await stateOf(id)
    assert.equal(done.state, 'done')
    assert.equal(done.answer?.schema, 'plan-run/1')
  })

  it('is ended when it is cancelled, at once where it waits for its turn', async () => {
    const running = await start({ repeats: 20 })
    const waiting = await start()
    const began = await eventsOf(await follow(running.id), (event) => event === 'began')
    assert.equal(began.at(-1)?.event, 'began')
    const listed = RunList.parse(await (await service.fetch('/v1/runs')).json())
    assert.deepEqual(listed.live.map(({ id }) => id).sort(), [running.id, waiting.id].sort())

    const unbegun = await cancel(waiting.id)
    assert.equal(unbegun.status, 202)
    await checkAnswer(operation('delete_v1_runs_id'), unbegun)
    assert.deepEqual(await eventsOf(await follow(waiting.id)), [
      { id: null, event: 'end', data: { state: 'cancelled' } },
    ])
    assert.equal((await stateOf(waiting.id)).startedAt, null)

    const following = follow(running.id, 2)
    assert.equal((await cancel(running.id)).status, 202)
    const rest = await eventsOf(await following)
    assert.deepEqual(rest.at(-1), { id: null, event: 'end', data: { state: 'cancelled' } })
    assert.equal((await stateOf(running.id)).state, 'cancelled')
    const again = await cancel(running.id)
    assert.equal(again.status, 409)
    assert.match(await checkAnswer(operation('delete_v1_runs_id'), again), /"job-ended"/)
  })

  it('is matched with the estimate of its task that was made before', async () => {
    const asked = {
      id: 'fair-split',
      issue: { title: 'Cents get lost' },
      agent: 'builtin',
      models: ['gpt-5'],
    }
    const made = await service.post('/v1/estimates', asked)
    assert.equal(made.status, 201)
    const { forecasts } = (await made.json()) as { forecasts: unknown[] }
    const { id } = await start()
    await eventsOf(await follow(id))
    const store = openStore(service.database, { create: false })
    try {
      const [found] = [...matchedEstimates(store)].filter(({ forecast }) =>
        isDeepStrictEqual(forecast, forecasts[0]),
      )
      assert.equal(found?.actual?.outcome, 'resolved')
      const run = StoredRunSchema.parse(await (await service.fetch(`/v1/runs/${found?.actual?.id}`)).json())
      assert.equal(run.task.id, 'fair-split')
      assert.equal(run.usage.output, found?.actual?.outputTokens)
    } finally {
      store.close()
    }
  })

  it('is refused where the task is not one of those that are offered', async () => {
    const answer = await service.post('/v1/runs', { task: 'fair-splat', model: 'gpt-5' })
    assert.equal(answer.status, 404)
    assert.match(await checkAnswer(operation('post_v1_runs'), answer), /did you mean fair-split\?/)
  })
})
