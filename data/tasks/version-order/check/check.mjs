// The answers are compared here, in a process that never loads the code that is checked.
import { spawnSync } from 'node:child_process'

/** Oldest first: each is older than all that follow. */
const ORDERS = [
  ['1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta', '1.0.0-beta.2', '1.0.0-beta.11', '1.0.0-rc.1', '1.0.0'],
  ['2.0.0-rc.9', '2.0.0-rc.10', '2.0.0-rc.10.1', '2.0.0', '2.0.1-0', '2.0.1-a'],
  ['1.0.0-2', '1.0.0-10', '1.0.0-10a', '1.0.0-A', '1.0.0-a', '1.0.0-a-b', '1.0.0-a0'],
  ['0.9.9', '0.10.0', '1.0.0', '1.0.10', '1.1.0', '10.0.0'],
]
const EQUAL = [
  ['1.0.0+1', '1.0.0+2'],
  ['1.0.0-rc.1+x', 'v1.0.0-rc.1'],
  ['1.2.3', '1.2.3'],
]
const LATEST = [
  [['2.0.0-rc.9', '2.0.0-rc.10'], {}, '2.0.0-rc.10'],
  [['1.0.0', '1.1.0-rc.10', '1.1.0-rc.9'], { preReleases: false }, '1.0.0'],
  [[], {}, null],
]
const pairs = [
  ...ORDERS.flatMap((order) => order.flatMap((a, i) => order.slice(i + 1).flatMap((b) => [[a, b, -1], [b, a, 1]]))),
  ...EQUAL.map(([a, b]) => [a, b, 0]),
]
const lists = ORDERS.map((order) => [...order].reverse())

const ask = `
import { compareVersions } from './src/compare-versions.mjs'
import { latest } from './src/latest.mjs'
import { sortVersions } from './src/sort-versions.mjs'
let input = ''
for await (const chunk of process.stdin) input += chunk
const { pairs, lists, latests } = JSON.parse(input)
const safe = (of) => { try { return of() } catch (error) { return String(error) } }
process.stdout.write(JSON.stringify({
  pairs: pairs.map(([a, b]) => safe(() => Math.sign(compareVersions(a, b)))),
  lists: lists.map((list) => safe(() => sortVersions(list))),
  latests: latests.map(([list, options]) => safe(() => latest(list, options))),
}))
`
const input = {
  pairs: pairs.map(([a, b]) => [a, b]),
  lists,
  latests: LATEST.map(([list, options]) => [list, options]),
}
const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', ask], {
  input: JSON.stringify(input),
  encoding: 'utf8',
  timeout: 30_000,
})
let answers = { pairs: [], lists: [], latests: [] }
try {
  answers = JSON.parse(stdout)
} catch {
  console.log(`no answers: ${stderr}`)
}
const wrong = [
  ...pairs.filter(([, , want], i) => answers.pairs?.[i] !== want).map(([a, b]) => `${a} and ${b}`),
  ...ORDERS.filter((order, i) => JSON.stringify(answers.lists?.[i]) !== JSON.stringify(order)).map((order) => `order of ${order}`),
  ...LATEST.filter(([, , want], i) => answers.latests?.[i] !== want).map(([list]) => `latest of ${list}`),
]
for (const one of wrong) console.log(`not ok: ${one}`)
console.log(`${wrong.length} wrong`)
process.exit(wrong.length === 0 ? 0 : 1)
