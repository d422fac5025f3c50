/**
 * Indexes a repository once and prints what came of it, as JSON: `index-once.ts PATH COMMIT CACHE`. A process of its own,
 * since nobody indexes a repository twice in one: code that is not warm yet belongs to the cost.
 */
import { openOutlineCache } from '../../src/task/outline-cache.ts'
import { openRepository } from '../../src/task/repository.ts'
import { readSnapshot } from '../../src/task/snapshot.ts'

/** What one indexing took and found. */
export interface Indexed {
  readonly ms: number
  readonly sources: readonly string[]
}

const [path = '', commit = '', cacheFolder = ''] = process.argv.slice(2)
const repository = await openRepository(path, commit)
const start = performance.now()
const cache = openOutlineCache(cacheFolder)
const snapshot = await readSnapshot(repository, cache)
cache.close()
const ms = performance.now() - start
const indexed: Indexed = { ms, sources: snapshot.sources.map(({ blob }) => blob) }
process.stdout.write(JSON.stringify(indexed))
