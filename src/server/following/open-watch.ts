import { join } from 'node:path'
import type { Settings } from '../../settings.ts'
import { type Alarms, openAlarms } from '../alarms/open-alarms.ts'
import type { Held } from '../forecasting/in-force.ts'
import type { Closing } from '../service-options.ts'
import type { ServiceSettings } from '../settings/service-settings.ts'
import { openFollowing } from './open-following.ts'

/** What the runs of the store tell, put in force, and the alarms that they raise. */
export interface Watch {
  readonly alarms: Alarms
  /** Looks at the runs of the store now, for the bundle in force. */
  readonly followRuns: () => Promise<void>
}

export interface WatchOptions {
  readonly held: Held
  readonly settings: Pick<Settings, 'calibration'>
  readonly service: Pick<ServiceSettings, 'alarms'>
  /** The file of the store. */
  readonly database: string
  /** Where everything lies that is not in the store. */
  readonly folder: string
  /** False: alarms are sent nowhere, whatever the settings say. */
  readonly isSending: boolean
  readonly nowMs: () => number
  readonly onTrouble: (message: string) => void
}

/** A run that ended is seen after so long at the latest, unless there are very many. */
const EVERY_MS = 2000
const FIRST_PAUSE_MS = 1000

export async function openWatch(options: WatchOptions, closing: Closing): Promise<Watch> {
  const { held, settings, service, database, folder, isSending, nowMs, onTrouble } = options
  const { webhook, timeoutSeconds, tries } = service.alarms
  const alarms = await openAlarms({
    ...{ webhook: isSending ? webhook : null, timeoutMs: timeoutSeconds * 1000, tries, nowMs, onTrouble },
    firstPauseMs: FIRST_PAUSE_MS,
    file: join(folder, 'alarms.json'),
  })
  closing(alarms.close)
  const bundle = () => {
    const { id, data } = held.now().forecaster.bundle
    return { id, data }
  }
  const following = await openFollowing({
    ...{ database, everyMs: EVERY_MS, bundle: bundle(), onTrouble },
    onNews(followed) {
      if (settings.calibration.value === 'on') held.learn(followed)
      alarms.tell('calibration', followed.alarms)
    },
  })
  closing(following.close)
  return { alarms, followRuns: () => following.look(bundle()) }
}
