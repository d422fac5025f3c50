import { html, type Markup } from './markup.ts'
import { withCode } from './page-words.ts'
import { runTable } from './run-table.ts'
import type { EndedView } from './run-view.ts'

/** A job of runs that has ended, where that is not one run: what it came to, and which runs it made. */
export function endedSection({ state, agent, model, failure, runs }: EndedView): Markup {
  return html`<p class="note">${agent} · ${model}</p>
<p class="lead">${ENDINGS[state]}</p>
${failure !== null && html`<p class="warning"><strong>${failure.title}.</strong> ${failure.detail} → ${withCode(failure.fix)}</p>`}
${runs.length === 0 ? html`<p>No run was made. <a href="/runs">All runs</a></p>` : runTable(runs)}`
}

const ENDINGS: Readonly<Record<EndedView['state'], string>> = {
  queued: 'It waits for its turn.',
  running: 'It goes on.',
  done: 'It has ended.',
  failed: 'It failed.',
  cancelled: 'It was stopped.',
  interrupted: 'The service was ended meanwhile.',
}
