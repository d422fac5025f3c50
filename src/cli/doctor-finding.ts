import type { App } from '../app.ts'
import type { Settings } from '../settings.ts'

/** What one check found; `fix` is null when there is nothing to do. */
export interface Finding {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  readonly detail: string
  readonly fix: string | null
}

/** What is examined: this process and the settings in force. */
export interface Subject {
  readonly app: App
  readonly settings: Settings
}
