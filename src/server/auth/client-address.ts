import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net'

/** Whether an address is of this machine alone; one that is not known is not. */
export function isLoopback(address: string): boolean {
  const plain = unmapped(address)
  if (isIPv4(plain)) return LOOPBACK.check(plain, 'ipv4')
  return isIPv6(plain) && LOOPBACK.check(withoutZone(plain), 'ipv6')
}

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether a service that listens at `host` is reached from this machine alone. */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || isLoopback(host.replace(/^\[|\]$/g, ''))

/**
 * What one client has to itself, for counting: an IPv4 address, or the /64 of an IPv6 address, in which each customer
 * can take any address that it likes.
 */
export function networkOf(address: string): string {
  const plain = unmapped(address)
  if (!isIPv6(plain)) return plain
  return `${groupsOf(withoutZone(plain)).slice(0, 4).join(':')}::/64`
}

/** `::ffff:192.0.2.1`, which a socket for both families tells, is the IPv4 address in it. */
function unmapped(address: string): string {
  const [, plain] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? []
  return plain ?? address
}

const withoutZone = (address: string): string => address.replace(/%.*$/, '')

/** The eight groups of an IPv6 address, without leading zeros. */
function groupsOf(address: string): readonly string[] {
  const whole = new SocketAddress({ address, family: 'ipv6' }).address
  const [head = '', tail = ''] = whole.split('::')
  const [before, after] = [head, tail].map((part) => part.split(':').filter((group) => group !== ''))
  const missing = 8 - (before?.length ?? 0) - (after?.length ?? 0)
  return [...(before ?? []), ...Array.from({ length: missing }, () => '0'), ...(after ?? [])]
}
