import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { featureNames } from '../../../src/features/features.ts'
import { GRAM_BUCKETS } from '../../../src/features/grams.ts'
import {
  type EncodedTask,
  encoderOf,
  fitEncoding,
  type GroupWeights,
} from '../../../src/forecast/encoding.ts'
import { strangenessOf } from '../../../src/forecast/unfamiliar.ts'
import { seededRandom } from '../../../src/regress/random.ts'
import { stackRows } from '../../../src/regress/sparse-vector.ts'
import { withRepository } from '../../fixtures/synthetic-dataset.ts'
import { close } from '../regress/close.ts'

const weights: GroupWeights = {
  dense: { length: 0.4, spread: 0.9 },
  repository: 0.25,
  bags: { text: 4, title: 1 },
}
const random = seededRandom(1)
const base = withRepository({ title: 'a title', body: 'some body' }, random)
const [LENGTH, SPREAD] = [featureNames('length').length, featureNames('spread').length]
const DENSE = LENGTH + SPREAD

/** A task with these values of the first features of two groups, and these buckets. */
function task(
  length: readonly (number | null)[],
  text: readonly (readonly [number, number])[],
  repository: string | null,
): EncodedTask {
  const dense = { ...base.dense, length: fill(length, LENGTH), spread: fill([], SPREAD) }
  return { features: { ...base, dense, bags: { text: new Map(text), title: new Map() } }, repository }
}
const fill = (first: readonly (number | null)[], length: number) =>
  Array.from({ length }, (_, j) => first[j] ?? null)

const training = [
  task(
    [1, null],
    [
      [5, 1],
      [9, 2],
    ],
    'a/b',
  ),
  task(
    [3, 7],
    [
      [9, 1],
      [5, 3],
      [11, 1],
    ],
    'c/d',
  ),
  task([null, 7], [[9, 1]], null),
]
const encoding = fitEncoding(training, weights)
const encoder = encoderOf(encoding)

/** The cells of a row by column. */
function cells(each: EncodedTask): ReadonlyMap<number, number> {
  const { indices, values } = encoder.encode(each)
  return new Map([...indices].map((column, k) => [column, values[k] as number]))
}

describe('an encoding', () => {
  it('learns scales, repositories and buckets from the training tasks alone', () => {
    assert.deepEqual(encoding.scales.length?.[0], [2, 1])
    assert.deepEqual(
      encoding.scales.length?.[1],
      [7, 1],
      'a constant has no scale, which must not be blown up',
    )
    assert.deepEqual(encoding.scales.length?.[2], [0, 1], 'never seen')
    assert.deepEqual(encoding.repositories, ['a/b', 'c/d'])
    assert.equal(encoding.documents, 3)
    assert.deepEqual(
      encoding.buckets.text,
      [
        [5, 2],
        [9, 3],
      ],
      'a bucket of one task is left out',
    )
  })

  it('uses the groups that have a weight, in the order of their columns', () => {
    assert.deepEqual(Object.keys(encoding.columns), ['length', 'spread'])
    assert.equal(encoder.denseColumns, DENSE + 2)
    assert.equal(encoder.columns, DENSE + 2 + 2)
  })

  it('does not change with the tasks that it encodes later', () => {
    const before = structuredClone(encoding)
    encoder.encode(task([100, -100], [[3, 9]], 'x/y'))
    assert.deepEqual(encoding, before)
  })
})

describe('an encoded task', () => {
  it('has scaled features, so weighted that a group counts as its weight whatever its length', () => {
    const row = cells(task([3, 8], [], null))
    close([row.get(0) ?? 0, row.get(1) ?? 0], [Math.sqrt(0.4 / LENGTH), Math.sqrt(0.4 / LENGTH)], 1e-12)
  })

  it('has nothing where a feature cannot be had, which is what the mean has', () => {
    assert.equal(cells(task([null], [], null)).get(0), undefined)
    assert.equal(cells(task([2], [], null)).get(0), 0)
  })

  it('counts a feature no further than four standard deviations', () => {
    const factor = Math.sqrt(0.4 / LENGTH)
    close([cells(task([1e9], [], null)).get(0) ?? 0], [4 * factor], 1e-12)
    close([cells(task([Number.NEGATIVE_INFINITY], [], null)).get(0) ?? 0], [-4 * factor], 1e-12)
  })

  it('has a cell for its repository, in whatever case it is written, and none for one unknown', () => {
    assert.equal(cells(task([], [], 'C/D')).get(DENSE + 1), 0.5)
    assert.equal(cells(task([], [], 'x/y')).size, 0)
    assert.deepEqual(
      [encoder.knowsRepository('A/b'), encoder.knowsRepository('a'), encoder.knowsRepository(null)],
      [true, false, false],
    )
  })

  it('has bags of one length whatever they hold', () => {
    for (const text of [
      [[5, 1]],
      [
        [9, 40],
        [5, 1],
      ],
      [
        [5, 2],
        [11, 3],
        [777, 1],
      ],
    ] as const) {
      const squares = [...cells(task([], text, null)).values()].reduce((sum, value) => sum + value ** 2, 0)
      close([squares], [weights.bags.text], 1e-12)
    }
  })

  it('weighs rare pieces of words more, and many by the logarithm', () => {
    const row = cells(
      task(
        [],
        [
          [5, 1],
          [9, 3],
        ],
        null,
      ),
    )
    const [idf5, idf9] = [Math.log(4 / 3) + 1, Math.log(4 / 4) + 1]
    close([(row.get(DENSE + 3) ?? 0) / (row.get(DENSE + 2) ?? 0)], [((1 + Math.log(3)) * idf9) / idf5], 1e-12)
  })

  it('ignores buckets that were not trained on', () => {
    assert.equal(
      cells(
        task(
          [],
          [
            [11, 1],
            [4000, 2],
            [GRAM_BUCKETS, 1],
            [-1, 1],
          ],
          null,
        ),
      ).size,
      0,
    )
    assert.deepEqual([5, 11, GRAM_BUCKETS + 5, -1].map(encoder.knowsGram), [true, false, false, false])
  })

  it('has its cells by rising column, in whatever order its words stand', () => {
    const [a, b] = [
      [
        [9, 1],
        [5, 3],
      ],
      [
        [5, 3],
        [9, 1],
      ],
    ] as const
    const [first, second] = [a, b].map((text) => encoder.encode(task([1, 2], text, 'a/b')))
    assert.deepEqual(first, second)
    assert.deepEqual([...(first?.indices ?? [])], [0, 1, DENSE, DENSE + 2, DENSE + 3])
    assert.equal(stackRows([first as NonNullable<typeof first>], encoder.columns).columns, encoder.columns)
  })
})

describe('the strangeness of a task', () => {
  const of = (each: EncodedTask) => strangenessOf(encoder, each, encoder.encode(each))

  it('is the share of its pieces of words that no two training tasks had', () => {
    assert.equal(
      of(
        task(
          [],
          [
            [5, 1],
            [9, 7],
          ],
          null,
        ),
      ).grams,
      0,
    )
    assert.equal(
      of(
        task(
          [],
          [
            [5, 1],
            [11, 1],
            [12, 1],
            [13, 9],
          ],
          null,
        ),
      ).grams,
      0.75,
    )
    assert.equal(of(task([], [], null)).grams, 1)
  })

  it('is the distance of its features from the mean, in weighted standard deviations', () => {
    assert.equal(of(task([2, 7], [], null)).distance, 0)
    assert.equal(of(task([], [[5, 1]], 'a/b')).distance, 0, 'neither words nor repositories count')
    const each = fill([], LENGTH).map((_, j) => (encoding.scales.length?.[j]?.[0] ?? 0) + 2)
    close([of(task(each, [], null)).distance], [2 * Math.sqrt(0.4 / 1.3) * Math.sqrt(1)], 1e-12)
  })
})
