import { isIP } from 'node:net'
import { KnownError, type Problem } from '../../errors.ts'
import type { BudgetText } from '../../gate/budget-text.ts'
import { problemAt, shapeProblems, shown, valueAt } from '../../runner/file-problems.ts'
import { isLoopbackHost } from '../auth/client-address.ts'
import { parseUrlPattern } from '../repositories/url-pattern.ts'
import { SERVICE_DEFAULTS } from './service-defaults.ts'
import { ServiceFile } from './service-file.ts'
import { address } from './service-values.ts'

/** Everything that is wrong with the settings of the service: their shape, and what their parts say together. */
export function serviceProblems(source: BudgetText): readonly Problem[] {
  return [
    ...shapeProblems(ServiceFile, source),
    ...togetherProblems(source),
    ...proxyProblems(source),
    ...addressProblems(source),
  ]
}

/** What values say together; looked at even where the shape is wrong elsewhere. */
function togetherProblems(source: BudgetText): readonly Problem[] {
  const at = (...path: (string | number)[]) => valueAt(source.value, path)
  const host = at('host') ?? SERVICE_DEFAULTS.host
  const found: Problem[] = []
  const tell = (path: readonly string[], said: { readonly found: string; readonly fix: string }) =>
    found.push(problemAt(source, path, said))
  if (at('keysRequired') === false && typeof host === 'string' && !isLoopbackHost(host))
    tell(['keysRequired'], {
      found: `false, though others than this machine reach ${shown(host)}`,
      fix: 'give true, or "host": "127.0.0.1"',
    })
  if (at('keysRequired') === false && at('trustProxy') !== undefined)
    tell(['keysRequired'], { found: 'false, though there is a proxy in front', fix: 'give true' })
  const [all, each] = [at('repositories', 'cache', 'mostBytes'), at('repositories', 'cache', 'mostBytesEach')]
  const most = typeof all === 'number' ? all : SERVICE_DEFAULTS.cache.mostBytes
  const mostEach = typeof each === 'number' ? each : SERVICE_DEFAULTS.cache.mostBytesEach
  if (mostEach > most)
    tell(['repositories', 'cache'], {
      found: `mostBytesEach of ${mostEach}, above mostBytes of ${most}`,
      fix: 'give a larger mostBytes, or a smaller mostBytesEach',
    })
  const tasks = at('runs', 'tasks')
  const isOffered = Array.isArray(tasks) && tasks.length > 0
  const budget = at('runs', 'budget')
  if (isOffered && (budget === undefined || isEmpty(budget)))
    tell(['runs', 'budget'], { found: 'runs without a budget', fix: 'give one, such as {"usd": 2}' })
  return found
}

const isEmpty = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.keys(value).length === 0

/** What express would refuse later, without a line. */
function proxyProblems(source: BudgetText): readonly Problem[] {
  const proxies = valueAt(source.value, ['trustProxy'])
  if (!Array.isArray(proxies)) return []
  return proxies.flatMap((proxy: unknown, index) => {
    if (typeof proxy !== 'string' || isNetwork(proxy)) return []
    const fix = 'give an address, or a network such as "10.0.0.0/8"'
    return [problemAt(source, ['trustProxy', index], { found: shown(proxy), fix })]
  })
}

/** What the service would refuse when it is started, without a line. */
function addressProblems(source: BudgetText): readonly Problem[] {
  const path = ['repositories', 'allowed'] as const
  const allowed = valueAt(source.value, path)
  if (!Array.isArray(allowed)) return []
  return allowed.flatMap((_, index) => {
    const url = valueAt(source.value, [...path, index, 'url'])
    // What is no address at all is told of with the shape.
    if (!address('').safeParse(url).success || typeof url !== 'string') return []
    try {
      parseUrlPattern({ url })
      return []
    } catch (error) {
      if (!(error instanceof KnownError)) throw error
      return [problemAt(source, [...path, index, 'url'], { found: error.detail, fix: error.fix })]
    }
  })
}

function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [address = '', length, more] = text.split('/')
  const family = isIP(address)
  if (family === 0 || more !== undefined) return false
  // A network of everybody would have anyone say who they are.
  return (
    length === undefined ||
    (/^\d{1,3}$/.test(length) && Number(length) >= 1 && Number(length) <= (family === 4 ? 32 : 128))
  )
}
