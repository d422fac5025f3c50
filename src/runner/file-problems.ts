import { z } from 'zod'
import type { Problem } from '../errors.ts'
import { nearest } from '../nearest.ts'
import { type PlanPath, type PlanText, pointerOf } from './plan-text.ts'

/** Every mistake in the shape of a file that a person writes, each at its place. */
export function shapeProblems(schema: z.ZodType, source: PlanText): readonly Problem[] {
  const checked = schema.safeParse(source.value)
  if (checked.success) return []
  return checked.error.issues.flatMap((issue) => {
    const path = issue.path as PlanPath
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => unknownKey(source, [...path, key], keysAt(schema, path)))
    const value = valueAt(source.value, path)
    const found = value === undefined ? `${path.at(-1) ?? 'everything'} is missing` : shown(value)
    return [problemAt(source, path, { found, fix: issue.message })]
  })
}

/** A mistake at the place of a value. */
export const problemAt = (
  source: PlanText,
  path: PlanPath,
  said: { readonly found: string; readonly fix: string },
): Problem => ({ pointer: pointerOf(path), ...source.placeOf(path), ...said })

/** What stands at a path; undefined = nothing. */
export function valueAt(value: unknown, path: PlanPath): unknown {
  let at = value
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined
    at = (at as Readonly<Record<string | number, unknown>>)[key]
  }
  return at
}

/** A value as it stands in the file, cut where it is long. */
export function shown(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > 60 ? `${text.slice(0, 59).toWellFormed()}…` : text
}

/** A key that means nothing where it stands; `known` = those that do. */
export function unknownKey(source: PlanText, path: PlanPath, known: readonly string[]): Problem {
  const key = String(path.at(-1))
  const meant = nearest(key, known)
  return {
    pointer: pointerOf(path),
    ...source.placeOfKey(path),
    found: `there is no ${JSON.stringify(key)} here`,
    fix: meant === null ? `choose from ${known.join(', ')}` : `did you mean ${JSON.stringify(meant)}?`,
  }
}

/** The keys that may stand at a place. */
function keysAt(schema: z.core.$ZodType, path: PlanPath): readonly string[] {
  if (schema instanceof z.ZodOptional) return keysAt(schema.unwrap(), path)
  const [first, ...rest] = path
  if (schema instanceof z.ZodArray && first !== undefined) return keysAt(schema.element, rest)
  if (!(schema instanceof z.ZodObject)) return []
  if (first === undefined) return Object.keys(schema.shape)
  const member: unknown = schema.shape[first]
  return member instanceof z.ZodType ? keysAt(member, rest) : []
}
