import type { HeadState } from '../../forecast/bundle.ts'
import { type EncodedTask, type Encoder, encoderOf } from '../../forecast/encoding.ts'
import { type SparseVector, sparseDot } from '../../regress/sparse-vector.ts'
import type { Quantity } from '../dataset.ts'
import type { OwnTask } from './history.ts'

/** A task as a head sees it: of the words no more than what they add to its size. */
export interface SeenTask {
  /** The columns before the words. */
  readonly dense: SparseVector
  /** In the units of the shared size. */
  readonly size: Readonly<Record<Quantity, number>>
}

/** What a head says of own tasks, before anything is learnt of them. */
export interface HeadView {
  readonly encoder: Encoder
  readonly head: HeadState
  /** By task. */
  readonly tasks: readonly SeenTask[]
}

const NOTHING: SeenTask = {
  dense: { indices: new Int32Array(0), values: new Float64Array(0) },
  size: { output: 0, total: 0 },
}

/** Encodes the tasks of a history; one whose text was never seen says nothing. */
export function viewOf(head: HeadState, tasks: readonly OwnTask[]): HeadView {
  const encoder = encoderOf(head.encoding)
  const seen = ({ features: read, repository }: OwnTask): SeenTask => {
    const features = read()
    return features === null ? NOTHING : seenTask(encoder, head, { features, repository })
  }
  return { encoder, head, tasks: tasks.map(seen) }
}

function seenTask(encoder: Encoder, { quantities }: HeadState, task: EncodedTask): SeenTask {
  const row = encoder.encode(task)
  let end = 0
  while (end < row.indices.length && (row.indices[end] as number) < encoder.denseColumns) end++
  return {
    dense: { indices: row.indices.slice(0, end), values: row.values.slice(0, end) },
    size: {
      output: sparseDot(row, quantities.output.shared),
      total: sparseDot(row, quantities.total.shared),
    },
  }
}
