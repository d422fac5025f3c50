import type { ForecastField, InputError } from './forecast-input.ts'
import type { ForecastView } from './forecast-view.ts'
import { type Content, html, type Markup } from './markup.ts'

/** The form, with what is wrong told above it and at each field. It works without a script. */
export function forecastForm({ input, choices, errors }: ForecastView): Markup {
  const wrong = (field: ForecastField) => errors.find((error) => error.field === field) ?? null
  const text = (name: Exclude<ForecastField, 'models'>, label: string, more: Partial<FieldParts> = {}) =>
    textField({ name, label, value: input[name], error: wrong(name), ...more })
  return html`${errorSummary(errors)}
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

interface FieldParts {
  readonly name: string
  readonly label: string
  readonly value: string
  readonly error: InputError | null
  readonly hint: string
  /** More than one line. */
  readonly rows: number
  /** Told while typing. */
  readonly options: readonly string[]
  readonly mode: 'decimal'
}

type TextField = Pick<FieldParts, 'name' | 'label' | 'value' | 'error'> & Partial<FieldParts>

function textField({ name, label, value, error, hint, rows, options = [], mode }: TextField): Markup {
  const about = [hint === undefined ? '' : `hint-${name}`, error === null ? '' : `error-${name}`]
  const described = about.filter((id) => id !== '').join(' ')
  const state = html`id="field-${name}" name="${name}"${described !== '' && html` aria-describedby="${described}"`}${error !== null && html` aria-invalid="true"`}`
  const list = options.length > 0 && html` list="list-${name}"`
  const control =
    rows === undefined
      ? html`<input type="text" ${state}${list}${mode !== undefined && html` inputmode="${mode}"`} value="${value}" autocomplete="off">`
      : // A line end right behind the tag is dropped by browsers.
        html`<textarea ${state} rows="${rows}">\n${value}</textarea>`
  return html`<div class="field">
<label for="field-${name}">${label}</label>
${hint !== undefined && html`<p class="hint" id="hint-${name}">${hint}</p>`}
${errorAt(error, name)}${control}
${options.length > 0 && html`<datalist id="list-${name}">${options.map((option) => html`<option value="${option}"></option>`)}</datalist>`}
</div>`
}

const errorAt = (error: InputError | null, name: string): Content =>
  error !== null && html`<p class="error" id="error-${name}">${error.message} → ${error.fix}</p>\n`

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

function errorSummary(errors: readonly InputError[]): Content {
  if (errors.length === 0) return ''
  const words = ({ message, fix }: InputError) => `${message} → ${fix}`
  return html`<div class="errors" role="alert" tabindex="-1" autofocus aria-labelledby="errors-title">
<h2 id="errors-title">This could not be forecast</h2>
<ul>
${errors.map((error) => html`<li>${error.field === null ? words(error) : html`<a href="#field-${error.field}">${words(error)}</a>`}</li>\n`)}</ul>
</div>`
}
