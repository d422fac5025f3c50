import { hash } from 'node:crypto'
import {
  BAG_GROUPS,
  type BagGroup,
  type DenseGroup,
  EXTRACTORS,
  type Features,
  featureNames,
} from './features.ts'
import type { Bag } from './grams.ts'

/** A task as numbers, to be kept. */
export interface TaskFeatures {
  /** Whether a repository was read. */
  readonly repository: boolean
  readonly code: Uint8Array
}

export const taskFeatures = (features: Features): TaskFeatures => ({
  repository: features.repository,
  code: encodeFeatures(features),
})

const GROUPS = Object.keys(EXTRACTORS) as readonly DenseGroup[]
const WIDTH = GROUPS.reduce((sum, group) => sum + featureNames(group).length, 0)
/** Of the names of all features: values of another version are not read as those of this one. */
const VERSION = Buffer.from(
  hash('sha256', JSON.stringify(GROUPS.map((group) => [group, featureNames(group)]))).slice(0, 16),
  'hex',
)
const FINGERPRINT_BYTES = 8

/**
 * Features as bytes: version, whether a repository was read, fingerprint, dense values as 32-bit floats (NaN = not to be
 * had), then each bag as its size and rising (distance, count) in base 128. About 1.5 kB a task.
 */
export function encodeFeatures({ dense, bags, repository, fingerprint }: Features): Uint8Array {
  const values = GROUPS.flatMap((group) => dense[group].map((value) => value ?? Number.NaN))
  const bytes: number[] = []
  for (const part of BAG_GROUPS) putBag(bytes, bags[part])
  const parts = Buffer.concat([
    VERSION,
    Uint8Array.of(Number(repository), Number(fingerprint !== null)),
    Buffer.from((fingerprint ?? '').padEnd(2 * FINGERPRINT_BYTES, '0'), 'hex'),
    new Uint8Array(Float32Array.from(values).buffer),
    Uint8Array.from(bytes),
  ])
  // As it comes out of another thread.
  return new Uint8Array(parts)
}

/** The features that bytes stand for; null = they were made by another version, and mean nothing here. */
export function decodeFeatures(code: Uint8Array): Features | null {
  const bytes = Buffer.from(code)
  const dense = VERSION.length + 2 + FINGERPRINT_BYTES
  const bagsAt = dense + 4 * WIDTH
  if (bytes.length < bagsAt || !bytes.subarray(0, VERSION.length).equals(VERSION)) return null
  let at = dense
  const next = (): number | null => {
    const value = bytes.readFloatLE(at)
    at += 4
    return Number.isNaN(value) ? null : value
  }
  const groups = GROUPS.map((group) => [group, featureNames(group).map(next)] as const)
  const reader = { bytes, at: bagsAt }
  const bags = BAG_GROUPS.map((part) => [part, takeBag(reader)] as const)
  const told = bytes[VERSION.length + 1] === 1
  return {
    dense: Object.fromEntries(groups) as unknown as Features['dense'],
    bags: Object.fromEntries(bags) as Record<BagGroup, Bag>,
    repository: bytes[VERSION.length] === 1,
    fingerprint: told ? bytes.toString('hex', VERSION.length + 2, dense) : null,
  }
}

function putBag(bytes: number[], bag: Bag): void {
  putNumber(bytes, bag.size)
  let last = 0
  for (const [bucket, count] of [...bag].sort(([a], [b]) => a - b)) {
    putNumber(bytes, bucket - last)
    putNumber(bytes, count)
    last = bucket
  }
}

/** Seven bits a byte, the lowest first; the eighth says that more follow. */
function putNumber(bytes: number[], value: number): void {
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
}

interface Reader {
  readonly bytes: Buffer
  at: number
}

function takeBag(reader: Reader): Bag {
  const bag = new Map<number, number>()
  let bucket = 0
  for (let left = takeNumber(reader); left > 0; left--) {
    bucket += takeNumber(reader)
    bag.set(bucket, takeNumber(reader))
  }
  return bag
}

function takeNumber(reader: Reader): number {
  let [value, unit] = [0, 1]
  for (;;) {
    const byte = reader.bytes[reader.at++] ?? 0
    value += (byte % 128) * unit
    if (byte < 128) return value
    unit *= 128
  }
}
