import { dataTable } from './data-table.ts'
import type { DocsView, RouteView } from './docs-view.ts'
import { type Content, html, type Markup } from './markup.ts'
import { renderPage } from './page.ts'
import { paragraphs, withCode } from './page-words.ts'
import type { FieldView } from './schema-words.ts'

/** The documentation of the API. */
export function docsPage({ about, title, version, description, groups, problems }: DocsView): string {
  return renderPage({
    title: `API of ${title} ${version}`,
    about,
    section: '/docs',
    main: html`${description !== '' && paragraphs(description)}
<p>The same for programs: <a href="/openapi.json">openapi.json</a>.</p>
<nav aria-label="Routes"><ul class="contents">
${groups.flatMap(({ routes }) => routes).map(({ id, method, path }) => html`<li><a href="#${id}">${method} ${path}</a></li>\n`)}<li><a href="#problems">Problems</a></li>
</ul></nav>
${groups.map(
  ({ name, description: words, routes }) => html`<section>
<h2>${name}</h2>
${words !== '' && html`<p>${withCode(words)}</p>\n`}${routes.map(routeSection)}</section>
`,
)}
<section>
<h2 id="problems">Problems</h2>
<p>Every failure is a problem document (RFC 9457) of one of these codes.</p>
${dataTable({
  id: 'problem-table',
  title: 'Codes',
  columns: [{ head: 'code' }, { head: 'status', figure: true }, { head: 'title' }, { head: 'what to do' }],
  // Where the type of a problem document leads.
  rows: problems.map(({ code, status, title: words, fix }) => [
    html`<code id="problem-${code}">${code}</code>`,
    status,
    words,
    withCode(fix),
  ]),
})}
</section>`,
  })
}

function routeSection(route: RouteView): Markup {
  const { id, method, path, summary, description, parameters, body, responses, curl } = route
  const label = `${method} ${path}`
  return html`<article class="route" id="${id}" aria-labelledby="${id}-title">
<h3 id="${id}-title"><span class="method">${method}</span> <code>${path}</code></h3>
${summary !== '' && html`<p>${withCode(summary)}</p>\n`}${description !== '' && paragraphs(description)}${
  parameters.length > 0 &&
  dataTable({
    id: `${id}-parameters`,
    title: 'Parameters',
    columns: [{ head: 'name' }, { head: 'in' }, { head: 'type' }, { head: 'what' }],
    rows: parameters.map((one) => [nameOf(one), one.place, one.type, withCode(one.description)]),
  })
}
${body !== null && fieldTable(`${id}-body`, `Body, ${body.contentType}${body.required ? '' : ' (may be left out)'}`, body.fields)}
${responses.map(responseOf)}
<pre tabindex="0" role="region" aria-label="Example of ${label}"><code>${curl}</code></pre>
</article>
`
}

/** Longer lists are folded. */
const MOST_OPEN = 15

/** What else may come of it is a problem, whose fields are the same everywhere. */
function responseOf(
  { id, status, description, contentType, fields }: RouteView['responses'][number],
  i: number,
): Markup {
  if (status === 'default') {
    return html`<p><strong>Else</strong> ${withCode(description)}: one of the <a href="#problems">problems</a></p>\n`
  }
  const title = `${status}${contentType === null ? '' : `, ${contentType}`}`
  if (fields.length === 0) return html`<p><strong>${title}</strong> ${withCode(description)}</p>\n`
  return html`<details${i === 0 && fields.length <= MOST_OPEN && html` open`}><summary><strong>${title}</strong> ${withCode(description)}</summary>
${fieldTable(
  id,
  'Fields of the answer',
  // An answer has its fields, whoever asks.
  fields.map((field) => ({ ...field, required: false })),
)}
</details>
`
}

const nameOf = ({ name, required }: FieldView): Content =>
  html`<code>${name}</code>${required && html` <span class="note">required</span>`}`

function fieldTable(id: string, title: string, fields: readonly FieldView[]): Content {
  if (fields.length === 0) return html`<p><strong>${title}</strong></p>`
  return dataTable({
    id,
    title,
    columns: [{ head: 'field' }, { head: 'type' }, { head: 'what' }],
    rows: fields.map((field) => [nameOf(field), field.type, withCode(field.description)]),
  })
}
