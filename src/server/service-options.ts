import type { App } from '../app.ts'
import type { Settings } from '../settings.ts'
import type { ServiceSettings } from './settings/service-settings.ts'

/** What a service is opened with. */
export interface ServiceOptions {
  readonly app: Pick<App, 'cwd' | 'env' | 'now' | 'note'>
  readonly settings: Settings
  readonly service: ServiceSettings
  readonly version: string
  /** How this program is started once more. */
  readonly command: readonly string[]
  /** Whether it is the service of its store, and goes on with runs that were left when one ended; else it only answers. */
  readonly resumes: boolean
}

/** Called with what is to be done when the service ends; what was opened last ends first. */
export type Closing = (end: () => unknown) => void
