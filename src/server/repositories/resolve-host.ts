import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { KnownError } from '../../errors.ts'
import { addressClass } from './address-class.ts'
import { type RepositoryUrl, refused } from './repository-url.ts'

/** Every address of a host. */
export type LookUp = (host: string) => Promise<readonly string[]>

export const systemLookUp: LookUp = async (host) =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address)

/**
 * The addresses of the host, all of which may be gone to. One that may not be refuses the host: which of them a
 * connection would take is not ours to say. What stands at them is not told.
 * @throws KnownError `repository-refused`; `repository-failed` where it has none
 */
export async function resolveHost(
  { href, host }: RepositoryUrl,
  isPrivateAllowed: boolean,
  lookUp: LookUp,
): Promise<readonly string[]> {
  const addresses = isIP(host) === 0 ? await foundBy(lookUp, host) : [host]
  const classes = new Set(addresses.map(addressClass))
  if (classes.has('never')) throw refused(href, `no repository is read from where ${host} leads`)
  if (classes.has('private') && !isPrivateAllowed)
    throw refused(href, `${host} leads into a private network, for which it is not allowed`)
  return addresses
}

async function foundBy(lookUp: LookUp, host: string): Promise<readonly string[]> {
  const found = await lookUp(host).catch((cause: unknown) => {
    throw new KnownError('repository-failed', `the host ${host} cannot be found`, { cause })
  })
  if (found.length === 0) throw new KnownError('repository-failed', `the host ${host} has no address`)
  return found
}
