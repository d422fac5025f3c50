import type { InputError } from './forecast-input.ts'
import { type Content, html, type Markup } from './markup.ts'
import { withCode } from './page-words.ts'

/** A field of a form. */
export interface FieldParts {
  readonly name: string
  readonly label: string
  readonly value: string
  /** What is wrong in it; null = nothing is. */
  readonly error: InputError<string> | null
  readonly hint: string
  /** More than one line. */
  readonly rows: number
  /** Told while typing. */
  readonly options: readonly string[]
  readonly mode: 'decimal' | 'numeric'
  readonly required: boolean
}

type TextField = Pick<FieldParts, 'name' | 'label' | 'value' | 'error'> & Partial<FieldParts>

/** A text, with what is wrong in it told above it. */
export function textField({
  name,
  label,
  value,
  error,
  hint,
  rows,
  options = [],
  mode,
  required,
}: TextField): Markup {
  const state = html`${stateOf({ name, hint, error })}${required === true && html` required`}`
  const list = options.length > 0 && html` list="list-${name}"`
  const control =
    rows === undefined
      ? html`<input type="text" ${state}${list}${mode !== undefined && html` inputmode="${mode}"`} value="${value}" autocomplete="off">`
      : // A line end right behind the tag is dropped by browsers.
        html`<textarea ${state} rows="${rows}">\n${value}</textarea>`
  return html`<div class="field">
${headOf({ name, label, hint, error })}${control}
${options.length > 0 && html`<datalist id="list-${name}">${options.map((option) => html`<option value="${option}"></option>`)}</datalist>`}
</div>`
}

/** One of what is offered. What was sent and is offered no more is offered still: it is told what is wrong with it. */
export function choiceField({ name, label, value, error, hint, options = [] }: TextField): Markup {
  const offered = value === '' || options.includes(value) ? options : [value, ...options]
  return html`<div class="field">
${headOf({ name, label, hint, error })}<select ${stateOf({ name, hint, error })}>
${offered.map((option) => html`<option${option === value && html` selected`}>${option}</option>`)}
</select>
</div>`
}

interface HeadParts extends Pick<FieldParts, 'name' | 'error'> {
  readonly label?: string
  readonly hint: string | undefined
}

const headOf = ({
  name,
  label,
  hint,
  error,
}: HeadParts): Markup => html`<label for="field-${name}">${label}</label>
${hint !== undefined && html`<p class="hint" id="hint-${name}">${hint}</p>\n`}${errorAt(error, name)}`

function stateOf({ name, hint, error }: HeadParts): Markup {
  const about = [hint === undefined ? '' : `hint-${name}`, error === null ? '' : `error-${name}`]
  const described = about.filter((id) => id !== '').join(' ')
  return html`id="field-${name}" name="${name}"${described !== '' && html` aria-describedby="${described}"`}${error !== null && html` aria-invalid="true"`}`
}

/** What is wrong, at its field. */
export const errorAt = (error: InputError<string> | null, name: string): Content =>
  error !== null && html`<p class="error" id="error-${name}">${error.message} → ${withCode(error.fix)}</p>\n`

/** What is wrong in a form, above it, each leading to its field. */
export function errorSummary(title: string, errors: readonly InputError<string>[], id = 'errors'): Content {
  if (errors.length === 0) return ''
  const words = ({ message, fix }: InputError<string>) => html`${message} → ${withCode(fix)}`
  return html`<div class="errors" role="alert" tabindex="-1" autofocus id="${id}" aria-labelledby="errors-title">
<h2 id="errors-title">${title}</h2>
<ul>
${errors.map((error) => html`<li>${error.field === null ? words(error) : html`<a href="#field-${error.field}">${words(error)}</a>`}</li>\n`)}</ul>
</div>`
}
