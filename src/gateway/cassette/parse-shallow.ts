import { isTooDeep } from '../../trajectory/is-too-deep.ts'

/** The value of a JSON text; undefined = it is none, or nests deeper than the functions that walk it may go. */
export function parseShallow(json: Buffer, maxDepth: number): unknown {
  if (isTooDeep(json)) return undefined
  try {
    const value: unknown = JSON.parse(json.toString())
    return isDeeper(value, maxDepth) ? undefined : value
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Level by level: not by recursion, which is what the depth is measured for. */
function isDeeper(value: unknown, max: number): boolean {
  let level: readonly object[] = objects([value])
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === max) return true
    level = level.flatMap((item) => objects(Object.values(item)))
  }
  return false
}

const objects = (values: readonly unknown[]): readonly object[] =>
  values.filter((value) => typeof value === 'object' && value !== null)
