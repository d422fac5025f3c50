import { choiceField, errorSummary, textField } from './form-field.ts'
import { html, type Markup } from './markup.ts'
import type { RunField, RunFormView } from './run-input.ts'

/** Starts a run of a task that is registered. Folded away until it is wanted, or something in it is wrong. */
export function runForm({ input, errors, choices }: RunFormView): Markup {
  const at = (name: RunField, label: string) => ({
    ...{ name, label, value: input[name] },
    error: errors.find(({ field }) => field === name) ?? null,
  })
  return html`${errorSummary('This run was not started', errors)}
<details class="start"${errors.length > 0 && html` open`}>
<summary>Start a run</summary>
<form method="post" action="/runs" aria-label="Start a run">
<div class="fields">
${choiceField({ ...at('task', 'Task'), options: choices.tasks })}
${choiceField({ ...at('agent', 'Agent'), options: choices.agents })}
${textField({ ...at('model', 'Model'), options: choices.models, required: true, hint: 'As its provider calls it.' })}
${textField({ ...at('repeats', 'Repeats'), mode: 'numeric', hint: '1 to 20; one, where none is named.' })}
${textField({ ...at('budgetUsd', 'Budget in dollars'), mode: 'decimal', hint: 'Of all repeats together: what reaches it is stopped.' })}
</div>
<p><button type="submit">Start the run</button> <span class="note">${choices.isReplayed ? 'In a sandbox of this service. Replies that were recorded answer it: nothing is paid.' : 'In a sandbox of this service. The provider is paid for what it spends.'}</span></p>
</form>
</details>`
}
