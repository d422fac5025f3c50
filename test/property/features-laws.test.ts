import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { EXTRACTORS, extractFeatures, featureNames, ISSUE_GROUPS } from '../../src/features/features.ts'
import { pathsIn } from '../../src/features/named-paths.ts'
import type { Snapshot } from '../../src/task/snapshot.ts'
import { snapshotOf } from '../fixtures/features.ts'

const word = fc.constantFrom(
  'the',
  'query',
  'get_url',
  'QuerySet',
  'a.b.c',
  'src/a.py',
  'ValueError',
  '```',
  '>>>',
  '\n',
  '\n\n',
  '    x = f(1)',
  '# T',
  '- i',
  'File "src/a.py", line 3',
  '<!--',
  '-->',
  '`',
  '<|endoftext|>',
  '\ud800',
  '😀',
  'é',
  '1.2.3',
  '(',
  '@@ -1',
  'x'.repeat(3000),
)
const text = fc.oneof(
  fc.array(word, { maxLength: 40 }).map((words) => words.join(' ')),
  fc.string({ unit: 'binary', maxLength: 200 }),
)
const source = fc.constantFrom('', 'def query(x):\n    return get_url\n', 'class QuerySet:\n  pass\n', 'x')
const commit = fc.record({
  at: fc.integer({ min: 0, max: 4_000_000_000 }),
  subject: text,
  paths: fc.subarray(['src/a.py', 'tests/a.py', 'gone.py']),
})
const snapshot: fc.Arbitrary<Snapshot | null> = fc.option(
  fc
    .tuple(
      fc.dictionary(fc.constantFrom('src/a.py', 'src/b.js', 'tests/a.py', 'c.c', 'README.md'), source),
      fc.option(fc.array(commit, { maxLength: 4 })),
    )
    .map(([files, history]) => snapshotOf(files, history)),
)

describe('features', () => {
  it('are finite numbers or unknown, one for each name, whatever issue and repository', () =>
    fc.assert(
      fc.property(text, text, snapshot, (title, body, repository) => {
        const { dense } = extractFeatures({ title, body }, repository)
        for (const group of Object.keys(EXTRACTORS) as (keyof typeof EXTRACTORS)[]) {
          assert.equal(dense[group].length, featureNames(group).length)
          for (const value of dense[group]) assert.ok(value === null || Number.isFinite(value), group)
        }
      }),
    ))

  it('are the same for the same issue and repository', () =>
    fc.assert(
      fc.property(text, text, snapshot, (title, body, repository) => {
        const issue = { title, body }
        assert.deepEqual(extractFeatures(issue, repository), extractFeatures({ ...issue }, repository))
      }),
    ))

  it('of the issue do not depend on the repository', () =>
    fc.assert(
      fc.property(text, text, snapshot, (title, body, repository) => {
        const [alone, within] = [null, repository].map((given) => extractFeatures({ title, body }, given))
        for (const group of ISSUE_GROUPS) assert.deepEqual(alone?.dense[group], within?.dense[group])
        assert.deepEqual(alone?.bags, within?.bags)
      }),
    ))
})

describe('the paths in a line', () => {
  /** The definition: slow on hostile text. */
  const PATH =
    /(?:[\w.-]{1,80}\/){0,12}[\w.-]{1,80}\.(?:py|pyi|pyx|js|jsx|ts|tsx|java|kt|go|rs|c|h|cc|cpp|hpp|cs|rb|php|rst|md|cfg|toml|ini|html|css|json|ya?ml)\b/g

  it('are what the pattern of a path finds', () =>
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'bc', '/', '.', '.py', '.c', '.json', ' ', '-', ':', 'é', '1'), {
          maxLength: 20,
        }),
        (parts) => {
          const line = parts.join('')
          assert.deepEqual(pathsIn(line), line.match(PATH) ?? [])
        },
      ),
      { numRuns: 2000 },
    ))
})
