import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Loss } from '../../../src/regress/boosting-loss.ts'
import { isSparse, type Matrix, type SparseMatrix } from '../../../src/regress/matrix.ts'
import { temporaryFolder } from '../temporary.ts'
import type { SyntheticTable } from './synthetic-table.ts'

/** What LightGBM made of a table. */
export interface Fitted {
  readonly ms: number
  /** Of the rows to forecast. */
  readonly predicted: Float64Array
}

/** LightGBM in a process of its own, which has a table in memory. */
export interface LightGbm {
  readonly version: string
  readonly fit: (loss: Loss, threads: number) => Promise<Fitted>
  readonly end: () => void
}

/** Null where it is not installed (`python3 -m venv .venv-bench`, `.venv-bench/bin/pip install lightgbm`). */
export async function startLightGbm(table: SyntheticTable): Promise<LightGbm | null> {
  const python = fileURLToPath(new URL('../../../.venv-bench/bin/python', import.meta.url))
  if (!existsSync(python)) return null
  const script = fileURLToPath(new URL('fit_lightgbm.py', import.meta.url))
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ask = async (question: object): Promise<Record<string, unknown> | null> => {
    child.stdin.write(`${JSON.stringify(question)}\n`)
    const { value, done } = await lines.next()
    return done ? null : JSON.parse(value)
  }
  const folder = temporaryFolder()
  child.stdin.on('error', () => {}) // it could not import LightGBM, which the missing answer tells
  const written = {
    train: await write(folder, 'train', table.train),
    test: await write(folder, 'test', table.test),
  }
  const greeting = await ask(written)
  if (greeting === null) return null
  return {
    version: String(greeting.version),
    async fit(loss, threads) {
      const predictions = join(folder, 'predictions')
      const told = await ask({ objective: objectiveOf(loss), threads, predictions })
      if (told === null) throw new Error('LightGBM ended')
      const predicted = new Float64Array(Uint8Array.from(readFileSync(predictions)).buffer)
      return { ms: Number(told.ms), predicted }
    },
    end: () => child.stdin.end(),
  }
}

const objectiveOf = (loss: Loss): object =>
  loss.kind === 'squared' ? { objective: 'l2' } : { objective: 'quantile', alpha: loss.level }

async function write(
  folder: string,
  name: string,
  { x, y }: { readonly x: Matrix | SparseMatrix; readonly y: Float64Array },
): Promise<object> {
  const file = (part: string) => join(folder, `${name}-${part}`)
  await writeNumbers(file('values'), x.values, (part) => Float32Array.from(part))
  await writeNumbers(file('y'), y, (part) => part)
  const common = { rows: x.rows, columns: x.columns, values: file('values'), y: file('y') }
  if (!isSparse(x)) return { kind: 'dense', ...common }
  await writeNumbers(file('indices'), x.indices, (part) => part)
  await writeNumbers(file('starts'), x.starts, (part) => part)
  return { kind: 'sparse', ...common, indices: file('indices'), starts: file('starts') }
}

const CHUNK = 1 << 22

async function writeNumbers<T extends Float64Array | Int32Array>(
  file: string,
  numbers: T,
  form: (part: T) => Float64Array | Float32Array | Int32Array,
): Promise<void> {
  const handle = await open(file, 'w')
  try {
    for (let at = 0; at < numbers.length; at += CHUNK) {
      const part = form(numbers.slice(at, at + CHUNK) as T)
      await handle.write(new Uint8Array(part.buffer, part.byteOffset, part.byteLength))
    }
  } finally {
    await handle.close()
  }
}
