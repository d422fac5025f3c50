import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { EMPTY_INPUT, forecastInput, modelsAsked } from '../../../../src/server/pages/forecast-input.ts'
import { forecastPage } from '../../../../src/server/pages/forecast-page.ts'
import { forecastView } from '../../../../src/server/pages/forecast-view.ts'
import { readText } from '../../../fixtures/markup-skeleton.ts'
import { aboutOf, answeredForecast } from '../../../fixtures/pages.ts'

const plain = (text: string): string => text
const FORECASTS = answeredForecast(plain)
const CHOICES = { models: ['gpt-5', 'llama'], agents: ['openhands'], repositories: ['django/django'] }

function shown(more: Partial<Parameters<typeof forecastView>[0]> = {}) {
  const view = forecastView({
    about: aboutOf(plain),
    input: EMPTY_INPUT,
    choices: CHOICES,
    errors: [],
    answer: null,
    ...more,
  })
  const page = forecastPage(view)
  return { view, page, text: readText(page) }
}

const answered = (forecasts = FORECASTS, budgetUsd: number | null = 1, id: string | null = 'a1') =>
  shown({
    answer: {
      id,
      budgetUsd,
      document: {
        id: null,
        title: ' Slow\nmigrations ',
        repository: 'django/django',
        commit: 'abcdef0123456',
        unread: 2,
        forecasts,
      },
    },
  })

describe('the view of a forecast', () => {
  it('is the same after a way through JSON', () => {
    const { view } = answered()
    assert.deepEqual(JSON.parse(JSON.stringify(view)), view)
    assert.equal(view.schema, 'page-forecast/1')
  })

  it('says of everything that is not known of whom, and why', () => {
    const { unknown } = answered().view.answer ?? { unknown: [] }
    assert.deepEqual(
      unknown.map(({ what, models }) => [what, models]),
      [
        ['cost', ['model-of-nobody']],
        ['chance of success', ['model-of-nobody']],
        ['cached tokens', ['model-of-nobody']],
        ['calls', ['model-of-nobody']],
      ],
    )
    assert.match(unknown[0]?.reason ?? '', /lists no price for model-of-nobody/)
  })

  it('tells what is raised from what is lowered, by factors that multiply', () => {
    const [first] = answered().view.answer?.models ?? []
    assert.deepEqual(
      first?.raised.map(({ effect }) => effect),
      [1.21, 1.08],
    )
    assert.deepEqual(
      first?.lowered.map(({ effect }) => effect),
      [0.82, 0.94],
    )
  })

  it('tells to do in the form what is done there, and names no flag', () => {
    const [first] = FORECASTS
    assert.ok(first)
    const alone = { ...first, basis: { ...first.basis, regime: 'issue' as const, repository: false } }
    for (const { view } of [answered(), answered([alone])]) {
      assert.doesNotMatch((view.answer?.trust ?? []).join('\n'), /--\w/)
    }
    assert.match(answered([alone]).text, /From the issue alone → name its repository for a narrower range\./)
  })

  it('warns where a task is unlike those trained on, and only there', () => {
    assert.match(answered().text, /unlike those the bundle was trained on/)
    assert.doesNotMatch(answered(FORECASTS.slice(0, 2)).text, /unlike those/)
  })
})

describe('the page of a forecast', () => {
  it('shows cost, its range of 8 in 10, the chance of going over and of success, and tokens', () => {
    const { text } = answered()
    assert.match(text, /gpt-5 \$0\.17 \$0\.072 – \$0\.41 <1 % 62 % 820 k 292 k – 2\.30 M 19\.0 k/)
    assert.match(text, /model-of-nobody \*\* unknown unknown unknown unknown 3\.00 M/)
    assert.match(text, /llama \$0 \$0 0 % 20 % 4\.00 M/)
    assert.match(text, /django\/django at abcdef012 · one run of openhands/)
    assert.match(text, /2 source files could not be read/)
  })

  it('draws a bar for each model with a price, and writes the rest', () => {
    const { page } = answered()
    assert.equal(page.match(/<rect class="span"/g)?.length, 2)
    assert.match(page, /budget \$1\.00/)
    assert.match(
      page,
      /<desc[^>]*>gpt-5: \$0\.072 – \$0\.41; claude-sonnet-4-5 \*: [^;]*; model-of-nobody \*\*: cost unknown; llama: \$0\./,
    )
  })

  it('draws tokens where no model has a price', () => {
    const { page } = answered(FORECASTS.slice(2))
    assert.equal(page.match(/<rect class="span"/g)?.length, 2)
    assert.match(page, /total tokens of one run, logarithmic/)
    assert.doesNotMatch(page, /class="rule"/)
  })

  it('tells of one model what matters most in a line, and compares several', () => {
    const line = /\$0\.17 · 8 in 10: \$0\.072 – \$0\.41 820 k tokens · 62 % are resolved/
    assert.match(answered(FORECASTS.slice(0, 1)).text, line)
    assert.doesNotMatch(answered().text, line)
    assert.match(
      answered(FORECASTS.slice(2, 3)).text,
      /cost unknown 3\.00 M tokens · chance of success unknown/,
    )
  })

  it('has no column for a budget that nobody gave', () => {
    assert.doesNotMatch(answered(FORECASTS, null).text, /over \$/)
  })

  it('links to the same as JSON where it was kept', () => {
    assert.match(answered().page, /<a href="\/v1\/estimates\/a1">/)
    assert.match(answered(FORECASTS, 1, null).text, /This forecast was not kept/)
  })

  it('says so where no model is there to forecast for', () => {
    assert.match(answered([]).text, /There is no model to forecast for/)
  })
})

describe('the form', () => {
  const typed = {
    ...EMPTY_INPUT,
    title: 'A',
    body: '\nfirst line empty',
    budgetUsd: 'x',
    models: ['llama', 'gone'],
    otherModels: 'gpt-5, b\n c ,',
  }
  const wrong = shown({
    input: typed,
    errors: [
      { field: 'budgetUsd', message: 'Not an amount: x', fix: 'give dollars' },
      { field: null, message: 'GitHub did not answer', fix: 'try again' },
    ],
  })

  it('tells what is wrong above and at the field, and leads from the one to the other', () => {
    assert.match(wrong.page, /<div class="errors" role="alert" tabindex="-1" autofocus/)
    assert.match(wrong.page, /<a href="#field-budgetUsd">Not an amount: x → give dollars<\/a>/)
    assert.match(wrong.page, /<p class="error" id="error-budgetUsd">Not an amount: x → give dollars<\/p>/)
    assert.match(
      wrong.page,
      /id="field-budgetUsd" name="budgetUsd" aria-describedby="hint-budgetUsd error-budgetUsd" aria-invalid="true"/,
    )
    assert.equal(wrong.page.match(/aria-invalid/g)?.length, 1)
  })

  it('keeps what was typed, ticks that are offered no more among it', () => {
    assert.match(wrong.page, /name="title"[^>]* value="A"/)
    assert.match(wrong.page, /<textarea[^>]*>\n\nfirst line empty<\/textarea>/)
    assert.match(wrong.page, /value="llama" checked/)
    assert.match(wrong.page, /value="gone" checked/)
    assert.doesNotMatch(wrong.page, /value="gpt-5"[^>]* checked/)
  })

  it('is read as a browser sends it, once or more often', () => {
    assert.deepEqual(forecastInput({ title: 'A', models: 'x' }), {
      ...EMPTY_INPUT,
      title: 'A',
      models: ['x'],
    })
    assert.deepEqual(forecastInput({ title: ['A', 'B'], models: ['x', 'y'] }).models, ['x', 'y'])
    assert.deepEqual(forecastInput({}), EMPTY_INPUT)
    assert.deepEqual(modelsAsked(typed), ['llama', 'gone', 'gpt-5', 'b', 'c'])
  })

  it('asks for models in words where none is known', () => {
    const { page, text } = shown({ choices: { models: [], agents: [], repositories: [] } })
    assert.doesNotMatch(page, /checkbox|datalist/)
    assert.match(text, /Models With commas between/)
  })
})
