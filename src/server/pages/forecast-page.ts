import { forecastAnswer } from './forecast-answer.ts'
import { forecastForm } from './forecast-form.ts'
import type { ForecastView } from './forecast-view.ts'
import { html, type Markup } from './markup.ts'
import { renderPage } from './page.ts'

/** The first page: the form, and beside or below it the answer. */
export function forecastPage(view: ForecastView): string {
  const { about, answer, errors } = view
  return renderPage({
    title: 'Forecast',
    about,
    section: '/',
    jsonHref: answer === null && errors.length === 0 ? '?format=json' : null,
    main: html`<div class="split">
<section aria-label="What is asked">
${forecastForm(view)}
</section>
<section${errors.length === 0 && html` id="answer"`} aria-labelledby="answer-title" tabindex="-1">
<h2 id="answer-title">${answer === null ? 'What you will see here' : 'Forecast of one task'}</h2>
${answer === null ? promise() : forecastAnswer(answer)}
</section>
</div>`,
  })
}

const promise = (): Markup => html`<ul>
<li>what a run will cost with each model, as a range that 8 in 10 runs lie in;</li>
<li>how likely it is to be resolved, and to cost more than your budget;</li>
<li>what raised and lowered the forecast, how far to trust it, and what is not known.</li>
</ul>
<p class="note">Nothing is sent to a provider: a forecast costs nothing.</p>`
