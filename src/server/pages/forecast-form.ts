import type { ForecastField, InputError } from './forecast-input.ts'
import type { ForecastView } from './forecast-view.ts'
import { errorAt, errorSummary, type FieldParts, textField } from './form-field.ts'
import { type Content, html, type Markup } from './markup.ts'

/** The form, with what is wrong told above it and at each field. Sending it leads to `#answer`: the answer, or what is wrong. It works without a script. */
export function forecastForm({ input, choices, errors }: ForecastView): Markup {
  const wrong = (field: ForecastField) => errors.find((error) => error.field === field) ?? null
  const text = (name: Exclude<ForecastField, 'models'>, label: string, more: Partial<FieldParts> = {}) =>
    textField({ name, label, value: input[name], error: wrong(name), ...more })
  return html`${errorSummary('This could not be forecast', errors, 'answer')}
<form class="ask" method="post" action="/#answer">
${text('title', 'Title of the issue')}
${text('body', 'Issue', { rows: 8, hint: 'Its text, Markdown as it is. A title or a text is needed.' })}
${text('repository', 'Repository', {
  options: choices.repositories,
  hint: 'A registered name or an address of git. Without one the range is wider.',
})}
${text('commit', 'Commit', { hint: 'The newest, where none is named.' })}
${text('agent', 'Agent', { options: choices.agents, hint: 'The bundle’s own, where none is named.' })}
${modelChoice(choices.models, input.models, wrong('models'))}
${text('otherModels', choices.models.length === 0 ? 'Models' : 'Other models', { hint: 'With commas between. All of the bundle, where none is named.' })}
${text('budgetUsd', 'Budget in dollars', { mode: 'decimal', hint: 'For one run. It tells how likely a run is to cost more.' })}
<p><button type="submit">Forecast</button></p>
</form>`
}

/** Ticked ones that are not offered any more are offered still: what was sent is kept. */
function modelChoice(known: readonly string[], ticked: readonly string[], error: InputError | null): Content {
  const offered = [...new Set([...known, ...ticked])]
  if (offered.length === 0) return ''
  const box = (model: string, i: number) =>
    html`<li><label><input type="checkbox" name="models" value="${model}"${i === 0 && html` id="field-models"`}${ticked.includes(model) && html` checked`}> ${model}</label></li>\n`
  return html`<fieldset class="field"${error !== null && html` aria-describedby="error-models"`}>
<legend>Models</legend>
${errorAt(error, 'models')}<ul class="choices">
${offered.map(box)}</ul>
</fieldset>`
}
