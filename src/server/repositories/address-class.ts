import { isIPv4, isIPv6 } from 'node:net'

/**
 * Where an address leads: `public` = the Internet; `private` = this machine or its own networks, which somebody must
 * have allowed; `never` = nobody keeps a repository there (link-local, and with it the metadata of clouds, multicast,
 * unspecified, reserved).
 */
export type AddressClass = 'public' | 'private' | 'never'

/** The first that holds decides. IANA special-purpose address registry, RFC 6890 and its updates. */
const IPV4: readonly (readonly [network: string, length: number, AddressClass])[] = [
  ['100.100.100.200', 32, 'never'], // metadata of a cloud, within the shared addresses
  ['0.0.0.0', 8, 'never'], // this network; 0.0.0.0 itself reaches loopback
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'private'], // shared by a carrier's customers
  ['127.0.0.0', 8, 'private'],
  ['169.254.0.0', 16, 'never'], // link-local: metadata of clouds
  ['172.16.0.0', 12, 'private'],
  ['192.0.0.0', 24, 'never'],
  ['192.0.2.0', 24, 'never'],
  ['192.88.99.0', 24, 'never'], // relays of 6to4
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'never'], // benchmarks
  ['198.51.100.0', 24, 'never'],
  ['203.0.113.0', 24, 'never'],
  ['224.0.0.0', 4, 'never'], // multicast
  ['240.0.0.0', 4, 'never'], // reserved, and broadcast
]

/** Of IPv6 only 2000::/3 is given out to the Internet; `embedded` = the bits below hold an IPv4 address that decides. */
const IPV6: readonly (readonly [network: string, length: number, AddressClass | 'embedded'])[] = [
  ['fd00:ec2::254', 128, 'never'], // metadata of clouds, within the unique local addresses
  ['fd20:ce::254', 128, 'never'],
  ['::1', 128, 'private'],
  ['::ffff:0:0', 96, 'embedded'], // IPv4-mapped
  ['64:ff9b::', 96, 'embedded'], // NAT64
  ['2002::', 16, 'embedded'], // 6to4
  ['2001::', 23, 'never'], // protocols, Teredo among them
  ['2001:db8::', 32, 'never'],
  ['3fff::', 20, 'never'], // documentation
  ['fc00::', 7, 'private'], // unique local
  ['2000::', 3, 'public'],
]

const IPV6_BITS = 128n

/** The class of an address in its usual spelling; what is not one, or has a zone, is `never` gone to. */
export function addressClass(address: string): AddressClass {
  if (isIPv4(address)) return classOfIpv4(numberOfIpv4(address))
  return isIPv6(address) && !address.includes('%') ? classOfIpv6(numberOfIpv6(address)) : 'never'
}

function classOfIpv4(value: bigint): AddressClass {
  const found = IPV4.find(([network, length]) => sameHead(value, numberOfIpv4(network), 32n - BigInt(length)))
  return found?.[2] ?? 'public'
}

function classOfIpv6(value: bigint): AddressClass {
  const found = IPV6.find(([network, length]) =>
    sameHead(value, numberOfIpv6(network), IPV6_BITS - BigInt(length)),
  )
  if (found === undefined) return 'never'
  const [, length, kind] = found
  return kind === 'embedded'
    ? classOfIpv4((value >> (IPV6_BITS - BigInt(length) - 32n)) & 0xffff_ffffn)
    : kind
}

const sameHead = (a: bigint, b: bigint, restBits: bigint): boolean => a >> restBits === b >> restBits

const numberOfIpv4 = (address: string): bigint =>
  address.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)

function numberOfIpv6(address: string): bigint {
  const [head = '', tail] = address.split('::')
  const [before, after] = [groupsOf(head), groupsOf(tail ?? '')]
  const gap = tail === undefined ? 0 : 8 - before.length - after.length
  const groups = [...before, ...Array<bigint>(gap).fill(0n), ...after]
  return groups.reduce((sum, group) => (sum << 16n) | group, 0n)
}

/** The last 32 bits may be written as IPv4. */
function groupsOf(text: string): readonly bigint[] {
  if (text === '') return []
  return text.split(':').flatMap((part) => {
    if (!part.includes('.')) return [BigInt(`0x${part}`)]
    const value = numberOfIpv4(part)
    return [value >> 16n, value & 0xffffn]
  })
}
