import { resolve } from 'node:path'
import { type Setting, SHIPPED_MODELS } from '../settings.ts'

/**
 * Where bundles are: one folder, or one's own with others behind it, which are only read. Of two bundles with one name,
 * one's own is meant.
 */
export type BundlePlace = string | { readonly own: string; readonly behind: string }

/**
 * Where a user's bundles are: exactly the folder that was named; where none was, the user's own with those that are
 * shipped behind it, since the next version of the package replaces its folder.
 */
export const bundlePlace = (cwd: string, models: Setting<string>): BundlePlace =>
  models.origin === 'default'
    ? { own: resolve(cwd, models.value), behind: SHIPPED_MODELS }
    : resolve(cwd, models.value)

/** The folder that is written to, absolute. */
export const ownFolder = (place: BundlePlace): string => (typeof place === 'string' ? place : place.own)

/** Every folder, one's own first. */
export const bundleFolders = (place: BundlePlace): readonly string[] =>
  typeof place === 'string' ? [place] : [place.own, place.behind]
