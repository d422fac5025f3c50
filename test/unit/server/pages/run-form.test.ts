import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { runInput } from '../../../../src/server/pages/run-input.ts'
import { runPage } from '../../../../src/server/pages/run-page.ts'
import { runView } from '../../../../src/server/pages/run-view.ts'
import { runsPage } from '../../../../src/server/pages/runs-page.ts'
import { NO_FILTER, runsView } from '../../../../src/server/pages/runs-view.ts'
import { readText } from '../../../fixtures/markup-skeleton.ts'
import { aboutOf, endedJob, loggedRuns, startForm } from '../../../fixtures/pages.ts'

const plain = (text: string): string => text
const about = aboutOf(plain)

const runs = (start: ReturnType<typeof startForm> | null) =>
  runsPage(
    runsView({ about, filter: NO_FILTER, live: [], runs: [], cursor: null, isContinued: false, start }),
  )

describe('the form that starts a run', () => {
  it('is there only where runs are offered to who asks', () => {
    assert.doesNotMatch(runs(null), /Start a run/)
    assert.match(readText(runs(startForm(plain))), /Start a run .* the form above, or POST \/v1\/runs/)
  })

  it('is folded away until something in it is wrong, and then keeps what was sent', () => {
    const form = startForm(plain)
    assert.match(runs({ ...form, errors: [] }), /<details class="start">/)
    const page = runs(form)
    assert.match(page, /<details class="start" open>/)
    assert.match(page, /<option selected>gone<\/option>\s*<option>csv<\/option>/)
    assert.match(page, /id="field-repeats" name="repeats" aria-describedby="hint-repeats error-repeats"/)
    assert.match(page, /<a href="#field-budgetUsd">/)
    assert.doesNotMatch(page, /as JSON/)
  })

  it('says whether a provider is paid', () => {
    const form = startForm(plain)
    assert.match(readText(runs(form)), /The provider is paid/)
    const choices = { ...form.choices, isReplayed: true }
    assert.match(readText(runs({ ...form, choices })), /nothing is paid/)
  })

  it('is read as a browser sends it, the first of what is sent twice', () => {
    assert.deepEqual(runInput({ task: ['a', 'b'], model: 'm' }), {
      ...{ task: 'a', agent: '', model: 'm', repeats: '', budgetUsd: '' },
    })
  })
})

describe('the page of a job that has ended', () => {
  const page = (ended: ReturnType<typeof endedJob>) =>
    runPage(runView({ about, id: 'run_1', stored: null, live: null, ended, mayCancel: true }))

  it('shows every run it made beside its range', () => {
    const made = page(endedJob(plain, { runs: loggedRuns(plain).slice(0, 2) }))
    assert.match(readText(made), /It has ended\. .*inside.*above: × /)
    assert.equal(made.match(/<th scope="row">/g)?.length, 2)
  })

  it('tells why there is none', () => {
    assert.match(
      readText(page(endedJob(plain, { state: 'failed' }))),
      /It failed\. The sandbox failed\. no room → see .* No run was made/,
    )
    assert.match(readText(page(endedJob(plain, { state: 'cancelled' }))), /It was stopped\. No run was made/)
  })
})
