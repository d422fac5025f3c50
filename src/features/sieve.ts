/** 1 at the low 16 bits of each hash: rules nearly every other hash out without looking it up. */
export function sieveOf(hashes: Iterable<number>): Uint8Array {
  const sieve = new Uint8Array(1 << 16)
  for (const hash of hashes) sieve[hash & 0xffff] = 1
  return sieve
}
