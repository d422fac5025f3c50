import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { pathological } from '../fixtures/pathological.ts'
import { type Expression, readExpressions } from '../unit/architecture/expressions.ts'

/** Expressions that would take quadratic time over a long text, and why they never see one. */
const BOUNDED: Readonly<Record<string, string>> = {
  'src/action/runner-environment.ts': 'an address out of the environment of the runner',
  'src/cli/asked-plan.ts': 'a file that whoever starts the command names',
  'src/cli/doctor-checks.ts': 'the version that git tells',
  'src/cli/escape.ts': 'a line of our own',
  'src/features/issue-parts.ts': 'lines cut to MAX_LINE, and names of 120 characters in backticks',
  'src/features/structure.ts': 'lines cut to 500 characters',
  'src/forecast/pair.ts': 'names cut to MAX_AGENT',
  'src/gateway/budget/formula.ts': 'a budget out of the settings of the gateway',
  'src/gateway/upstream/upstream.ts': 'an address out of the settings of the gateway',
  'src/runner/attempt/probe-agent.ts': 'what an agent tells as its version',
  'src/runner/tasks/check-workspace.ts': 'what the tests of a task print, line by line',
  'src/runner/tasks/read-harbor.ts': 'a Dockerfile of a task that the settings name',
  'src/server/auth/client-address.ts': 'an address, which node:net has found to be one',
  'src/server/repositories/fetch-failure.ts': 'the last 8 KiB of what git complains',
  'src/task/github-attempt.ts': 'an address out of the settings',
}

/** Short, for what takes exponential time; then as long as texts that are not cut may well be. */
const SIZES = [26, 1_000, 16_000]
/** Linear, it is less than one; quadratic, ten times as much. */
const MOST_MS = 60

/** The text over which it takes too long; null = none. */
function slowOver({ source, flags }: Expression): string | null {
  const expression = new RegExp(source, flags.includes('g') ? flags : `${flags.replace('y', '')}g`)
  for (const size of SIZES)
    for (const text of pathological(source, size))
      if (msOf(expression, text) > MOST_MS && msOf(expression, text) > MOST_MS)
        return `${JSON.stringify(text.slice(0, 40))} × ${size}`
  return null
}

function msOf(expression: RegExp, text: string): number {
  const startMs = performance.now()
  text.replace(expression, '')
  return performance.now() - startMs
}

describe('regular expressions', () => {
  const all = readExpressions()

  it('are found in the sources', () => assert.ok(all.length > 300, String(all.length)))

  it('take linear time over whatever they are given, but for those that are given little', () => {
    const slow = all
      .filter(({ path }) => !(path in BOUNDED))
      .flatMap((one) => {
        const text = slowOver(one)
        return text === null ? [] : [`${one.path}: /${one.source}/ over ${text}`]
      })
    assert.deepEqual(slow, [])
  })

  it('are looked at in a way that finds those that are slow', () => {
    for (const source of ['^(a+)+$', '\\s+$'])
      assert.notEqual(slowOver({ path: '', source, flags: '' }), null, source)
  })
})
