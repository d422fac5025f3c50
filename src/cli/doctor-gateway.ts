import { readdir } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { KnownError } from '../errors.ts'
import { upstreamsOf } from '../gateway/upstream/upstream-settings.ts'
import type { Finding, Subject } from './doctor-finding.ts'

/** Where the gateway would send calls and with which keys, and whether killed ones left something. */
export async function checkGateway({ app, settings }: Subject): Promise<Finding> {
  try {
    const providers = [...upstreamsOf(settings, app.env).values()].map(
      ({ provider, url, key }) =>
        `${provider} at ${url.host} ${key === null ? 'without a key' : 'with a key'}`,
    )
    const left = await journals(join(dirname(resolve(app.cwd, settings.db.value)), 'gateway'))
    const detail = providers.join(', ')
    if (left === 0) return { name: 'gateway', status: 'ok', detail, fix: null }
    return {
      name: 'gateway',
      status: 'warn',
      detail: `${detail}; ${left} ${left === 1 ? 'journal is' : 'journals are'} not in the store yet`,
      fix: 'the next `foretoken run` or `foretoken gateway` takes them over, unless a gateway is running',
    }
  } catch (error) {
    if (!(error instanceof KnownError)) throw error
    return { name: 'gateway', status: 'fail', detail: error.message, fix: error.fix }
  }
}

/** No folder: no gateway ever ran here. */
const journals = async (folder: string): Promise<number> =>
  (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.jsonl')).length
