import { fileURLToPath } from 'node:url'
import type { App } from '../app.ts'
import { EXIT } from '../errors.ts'
import { annotationCommand } from '../report/workflow-command.ts'
import { askGate } from './gate-seam.ts'
import { remark } from './report.ts'
import { runAction } from './run-action.ts'

const interruption = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => interruption.abort())

process.on('uncaughtException', (error) => {
  process.stdout.write(
    `${annotationCommand(remark('error', 'Foretoken: this is a bug', String(error.stack)))}\n`,
  )
  process.exit(EXIT.bug)
})

const app: App = {
  args: [],
  env: process.env,
  cwd: process.cwd(),
  now: Date.now,
  print: (text) => void process.stdout.write(text),
  note: (text) => void process.stdout.write(text),
  stdin: async function* () {},
  stdinIsTty: false,
  stdoutIsTty: false,
  stderrIsTty: false,
  columns: 100,
  signal: interruption.signal,
  kill: interruption.signal,
}

// From dist/ of the action, in the repository it was downloaded with.
const models = fileURLToPath(new URL('../../../../models', import.meta.url))
process.exitCode = await runAction(app, { askGate, models })
