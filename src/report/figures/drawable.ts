import type { Figure } from '../figure.ts'

/** @throws Error naming the figure when a value of its chart is not finite, or beyond any quantity of a report: a bug. */
export function assertDrawable({ id, chart }: Figure): void {
  if (!/^[A-Za-z0-9-]+$/.test(id)) throw new Error(`figure ${id}: an id is letters, digits and hyphens`)
  assertFinite(id, chart)
}

/** A scale could not be divided beyond. */
const BEYOND = 1e100

function assertFinite(id: string, value: unknown): void {
  if (typeof value === 'number' && !(Math.abs(value) < BEYOND)) {
    throw new Error(`figure ${id}: ${value} cannot be drawn`)
  }
  if (typeof value !== 'object' || value === null) return
  for (const part of Object.values(value)) assertFinite(id, part)
}
