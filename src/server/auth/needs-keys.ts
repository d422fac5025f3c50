import { isLoopbackHost } from './client-address.ts'

/** What is asked of the settings of the service. */
export interface Exposure {
  /** Where it listens. */
  readonly host: string
  /** Null = not said. */
  readonly keysRequired: boolean | null
  /** `false` = there is no proxy in front. */
  readonly trustProxy: false | number | readonly string[]
}

/**
 * Whether everybody needs a key, this machine too. A service that the network reaches needs one always; one behind a
 * proxy is reached from elsewhere, wherever it listens.
 */
export const needsKeys = ({ host, keysRequired, trustProxy }: Exposure): boolean =>
  keysRequired === true || trustProxy !== false || !isLoopbackHost(host)
