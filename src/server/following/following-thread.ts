import { isMainThread, parentPort, workerData } from 'node:worker_threads'
import { alarmsOf } from '../../learn/alarms-of.ts'
import { storeFollower } from '../../store/follow-store.ts'
import { openStore, type Store } from '../../store/open-store.ts'
import { readAnsweredNames } from '../../store/read-answered-names.ts'
import { giveWay } from '../give-way.ts'
import type { FollowingStart, FromFollowing, ToFollowing } from './following-messages.ts'

/** Looking takes at most a tenth of the time of a processor. */
const REST = 10

if (!isMainThread && parentPort !== null) serve(workerData as FollowingStart, parentPort)

type Port = NonNullable<typeof parentPort>

function serve({ database, bundle: first, everyMs }: FollowingStart, port: Port): void {
  giveWay()
  const tell = (message: FromFollowing): void => port.postMessage(message)
  const store = openStore(database, { create: true })
  const look = looking(store, tell)
  let bundle = first
  let timer: NodeJS.Timeout | undefined
  const lookNow = (): void => {
    clearTimeout(timer)
    const beganMs = performance.now()
    try {
      look(bundle)
    } catch (error) {
      // The next look may do.
      tell({ say: 'trouble', message: `runs cannot be followed: ${String(error)}` })
    }
    timer = setTimeout(lookNow, Math.max(everyMs, REST * (performance.now() - beganMs)))
  }
  port.on('message', (message: ToFollowing) => {
    if (message.say === 'close') {
      clearTimeout(timer)
      store.close()
      port.close()
      return
    }
    bundle = message.bundle
    lookNow()
    tell({ say: 'looked', number: message.number })
  })
}

/** Tells what is new since the last look. */
function looking(store: Store, tell: (message: FromFollowing) => void) {
  const follow = storeFollower(store)
  let told = ''
  return (bundle: FollowingStart['bundle']): void => {
    const found = follow(bundle)
    if (found === null) return
    const { calibrations, histories } = found
    const followed = { bundle, calibrations, alarms: alarmsOf(histories, readAnsweredNames(store)) }
    const text = JSON.stringify(followed)
    if (text === told) return
    told = text
    tell({ say: 'news', followed })
  }
}
