import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ProblemSchema } from '../../src/server/schemas/problem-schema.ts'
import { bodySchema, checkAnswer, mistakesIn, operation } from '../fixtures/server/api-document.ts'
import { isOfBudget, spoiled } from '../fixtures/server/spoiled.ts'
import { testService } from '../fixtures/server/test-service.ts'

/** It offers no task: no run begins, and no training. */
const service = await testService({ options: { command: [process.execPath, '-e', 'process.exit(4)', '--'] } })

const ISSUE = { title: 'Crash on empty input', body: 'parse("") throws', labels: ['bug'] }
const TASK = {
  id: 't1',
  issue: ISSUE,
  repository: { name: 'octo/repo', commit: 'main' },
  agent: 'openhands',
  models: ['gpt-5'],
  selfForecasts: { 'gpt-5': { outputTokens: 1000, totalTokens: 20_000 } },
}

/** A body of each, with everything in it that it may have. */
const BODIES = {
  post_v1_estimates: { ...TASK, meanOf: 2, budgetUsd: '1.50' },
  post_v1_verdicts: {
    budget: { models: ['gpt-5'], rules: [{ name: 'a task', perTask: { usd: 2 } }] },
    tasks: [TASK],
    informational: true,
  },
  post_v1_runs: {
    task: 'lost-rows',
    agent: 'builtin',
    model: 'gpt-5',
    repeats: 2,
    seed: 3,
    limits: { usd: '1.50', totalTokens: 10, outputTokens: 10, calls: 10, seconds: 10 },
  },
  post_v1_trainings: { id: 'a-bundle', seed: 3 },
}

describe('a body with one thing wrong', () => {
  for (const [id, body] of Object.entries(BODIES)) {
    const own = operation(id)
    const schema = bodySchema(own) ?? assert.fail(`${id} takes no JSON`)
    const wrong = spoiled(body).filter((it) => mistakesIn(schema, it.body) !== null)

    it(`of ${id} is refused, with its place (${wrong.length} of them)`, async () => {
      assert.equal(mistakesIn(schema, body), null)
      assert.ok(wrong.length > 10)
      for (const { what, pointer, body } of wrong) {
        const answer = await service.post(own.path, body)
        const text = await checkAnswer(own, answer)
        assert.equal(answer.status, 400, `${what} at ${pointer}: ${text}`)
        const { errors = [] } = ProblemSchema.parse(JSON.parse(text))
        const isThere = errors.some(
          (error) => error.pointer.startsWith(pointer) || pointer.startsWith(error.pointer),
        )
        assert.ok(isThere, `${what} at ${pointer}: ${text}`)
      }
    })

    it(`of ${id} that the document allows is not called malformed`, async () => {
      const allowed = spoiled(body).filter((it) => mistakesIn(schema, it.body) === null && !isOfBudget(it))
      assert.ok(allowed.length > 0)
      for (const { what, pointer, body } of allowed.slice(0, 6)) {
        const text = await checkAnswer(own, await service.post(own.path, body))
        assert.ok(!text.includes('"code":"request-malformed"'), `${what} at ${pointer}: ${text}`)
      }
    })

    it(`of ${id} is refused where it is no JSON, or not said to be`, async () => {
      const send = async (type: string, text: string | Uint8Array<ArrayBuffer>) => {
        const answer = await service.fetch(own.path, {
          method: 'POST',
          headers: { 'content-type': type },
          body: text,
        })
        await checkAnswer(own, answer)
        return answer.status
      }
      assert.equal(await send('application/json', '{"a":'), 400)
      assert.equal(await send('application/json', ''), 400)
      assert.equal(await send('application/json', new Uint8Array([0x22, 0xff, 0x22])), 400)
      assert.equal(await send('text/plain', '{}'), 415)
      assert.equal(await send('application/json', `"${'x'.repeat(2 ** 20)}"`), 413)
    })
  }
})
