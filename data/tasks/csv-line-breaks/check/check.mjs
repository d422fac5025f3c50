// The answers are compared here, in a process that never loads the code that is checked.
import { spawnSync } from 'node:child_process'
import { isDeepStrictEqual } from 'node:util'

const CASES = [
  {
    text: 'name,address\nAda,"12 High Street\nLondon"\nBob,"Main Road 1"\n',
    want: [
      { name: 'Ada', address: '12 High Street\nLondon' },
      { name: 'Bob', address: 'Main Road 1' },
    ],
  },
  { text: 'a,b\r\n"1\r\n2",3\r\n', want: [{ a: '1\r\n2', b: '3' }] },
  { text: 'a,b\n"say ""hi""\nagain",x\n', want: [{ a: 'say "hi"\nagain', b: 'x' }] },
  { text: 'a,b\n"\n\n",x\n\ny,z', want: [{ a: '\n\n', b: 'x' }, { a: 'y', b: 'z' }] },
  { text: '"a\nb",c\n1,2\n', want: [{ 'a\nb': '1', c: '2' }] },
  { text: 'a;b\n"1\n2;3";4\n', options: { separator: ';' }, want: [{ a: '1\n2;3', b: '4' }] },
  // What held before.
  { text: 'name,age\nAda,36\n', want: [{ name: 'Ada', age: '36' }] },
  { text: 'a,b\n"1,5","say ""hi"""\n', want: [{ a: '1,5', b: 'say "hi"' }] },
  { text: '\uFEFFa,b\r\n1\r\n\r\n2,3\r\n', want: [{ a: '1', b: '' }, { a: '2', b: '3' }] },
  { text: 'a,b\n5" pipe,x\n', want: [{ a: '5" pipe', b: 'x' }] },
  { text: 'a,b\n"",x\n', want: [{ a: '', b: 'x' }] },
  { text: '', want: [] },
]

const ask = `
import { parseCsv } from './src/parse-csv.mjs'
let input = ''
for await (const chunk of process.stdin) input += chunk
const answer = ({ text, options }) => { try { return parseCsv(text, options) } catch (error) { return String(error) } }
process.stdout.write(JSON.stringify(JSON.parse(input).map(answer)))
`
const asked = CASES.map(({ text, options }) => ({ text, options }))
const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', ask], {
  input: JSON.stringify(asked),
  encoding: 'utf8',
  timeout: 30_000,
})
let answers = []
try {
  answers = JSON.parse(stdout)
} catch {
  console.log(`no answers: ${stderr}`)
}
let failed = 0
for (const [index, { text, want }] of CASES.entries()) {
  const right = isDeepStrictEqual(answers[index], want)
  if (!right) failed++
  console.log(`${right ? 'ok' : 'not ok'} ${index + 1} ${JSON.stringify(text)}`)
}
process.exit(failed === 0 ? 0 : 1)
