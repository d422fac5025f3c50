import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openWriter } from '../../../src/server/writer/writer.ts'
import { answerReader } from '../../../src/store/answers.ts'
import { jobReader } from '../../../src/store/jobs.ts'
import { openStore } from '../../../src/store/open-store.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const AT = '2026-01-15T00:00:00.000Z'
const answer = (id: string) => ({
  ...{ id, madeAt: AT, actor: 'test', title: 'Lost rows', unread: 0, forecasts: [] },
  task: { id: 't1', repository: null, commit: null, data: 'd' },
})
const job = (id: string) => ({ id, kind: 'run' as const, actor: 'test', asked: {}, createdAt: AT })

describe('the thread that writes', () => {
  it('has written what it says it has, for whoever reads next', async () => {
    const file = join(temporaryFolder(), 'store.db')
    const writer = await openWriter(file)
    const store = openStore(file, { create: false })
    await Promise.all(['a', 'b', 'c'].map((id) => writer.write({ answer: answer(id) })))
    assert.equal(answerReader(store).page({ repository: null, task: null }, null, 10).answers.length, 3)
    assert.equal(writer.waiting(), 0)
    store.close()
    await writer.close()
  })

  it('refuses what cannot be written, and nothing else that comes with it', async () => {
    const file = join(temporaryFolder(), 'store.db')
    const writer = await openWriter(file)
    await writer.write({ answer: answer('a') })
    const results = await Promise.allSettled([
      writer.write({ answer: answer('b') }),
      // The id is there: the job beside it is not written either.
      writer.write({ answer: answer('a'), job: job('of a') }),
      writer.write({ job: job('c') }),
    ])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    await writer.close()
    const store = openStore(file, { create: false })
    assert.notEqual(answerReader(store).find('b'), null)
    assert.equal(jobReader(store).find('of a'), null)
    assert.notEqual(jobReader(store).find('c'), null)
    store.close()
  })

  it('writes what is on its way before it closes', async () => {
    const file = join(temporaryFolder(), 'store.db')
    const writer = await openWriter(file)
    const written = Array.from({ length: 50 }, (_, i) => writer.write({ answer: answer(`id-${i}`) }))
    await writer.close()
    await Promise.all(written)
    const store = openStore(file, { create: false })
    assert.equal(answerReader(store).page({ repository: null, task: null }, null, 100).answers.length, 50)
    store.close()
  })

  it('tells where there can be no store', async () => {
    await assert.rejects(openWriter('/dev/null/store.db'), { name: 'KnownError', code: 'store-failed' })
  })
})
