import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { cassetteWriter } from '../../../src/gateway/cassette/cassette-writer.ts'
import { readCassette } from '../../../src/gateway/cassette/read-cassette.ts'
import { asks, prompt, recorded, writeCassette } from '../../fixtures/gateway/cassettes.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const OPTIONS = { recordedAt: '2026-01-31T12:00:00.000Z', replace: false }
const HEADER = '{"schema":"cassette/1","keyRules":1}'
const line = (order: number) => recorded(asks(prompt(`prompt ${order}`)), { order })
const fileOf = (...lines: readonly string[]): string => {
  const file = join(temporaryFolder(), 'run.jsonl')
  writeFileSync(file, lines.join('\n'))
  return file
}

describe('a cassette that is written', () => {
  it('is read as it was recorded, in the order in which exchanges began', async () => {
    const lines = [line(1), line(0), line(2)]
    const file = await writeCassette(temporaryFolder(), lines)
    const cassette = await readCassette(file)
    assert.deepEqual(cassette.exchanges, [line(0), line(1), line(2)])
    assert.deepEqual([cassette.header.recordedAt, cassette.notes], [OPTIONS.recordedAt, []])
  })

  it('has whole lines, also where many end at once', async () => {
    const file = join(temporaryFolder(), 'deep', 'run.jsonl')
    const writer = await cassetteWriter(file, OPTIONS)
    await Promise.all(Array.from({ length: 50 }, () => writer.write(line(writer.begin()))))
    await writer.close()
    const { exchanges } = await readCassette(file)
    assert.deepEqual(
      exchanges.map(({ order }) => order),
      Array.from({ length: 50 }, (_, order) => order),
    )
  })

  it('takes the place of nothing but an empty file, unless it is told to replace a cassette', async () => {
    const [empty, cassette, other] = [fileOf(''), fileOf(HEADER), fileOf('my notes')]
    await (await cassetteWriter(empty, OPTIONS)).close()
    assert.match(readFileSync(empty, 'utf8'), /^\{"schema":"cassette\/1"/)
    await assert.rejects(
      cassetteWriter(cassette, OPTIONS),
      failsWith('file-not-written', /run\.jsonl is there$/),
    )
    for (const replace of [false, true]) {
      const refused = cassetteWriter(other, { ...OPTIONS, replace })
      await assert.rejects(refused, failsWith('file-not-written', /is there, and is no cassette/))
    }
    assert.deepEqual(
      [cassette, other].map((file) => readFileSync(file, 'utf8')),
      [HEADER, 'my notes'],
    )
    await (await cassetteWriter(cassette, { ...OPTIONS, replace: true })).close()
    assert.match(readFileSync(cassette, 'utf8'), /recordedAt/)
  })

  it('is refused where no file can be', async () => {
    const folder = temporaryFolder()
    await assert.rejects(cassetteWriter(folder, OPTIONS), failsWith('file-not-written', /\(/))
    const under = join(fileOf('a file'), 'run.jsonl')
    await assert.rejects(cassetteWriter(under, OPTIONS), failsWith('file-not-written', /\(ENOTDIR|EEXIST\)/))
  })

  it('tells of a failure where it is written to and where it is closed', {
    skip: !existsSync('/dev/full'),
  }, async () => {
    await assert.rejects(
      cassetteWriter('/dev/full', { ...OPTIONS, replace: true }),
      failsWith('file-not-written', /dev\/full/),
    )
  })
})

describe('a cassette that is read', () => {
  it('may lack the end of its last line, which is told', async () => {
    const file = await writeCassette(temporaryFolder(), [line(0)])
    const torn = JSON.stringify(line(1))
    for (const length of [1, 40, torn.length - 1]) {
      const cut = fileOf(readFileSync(file, 'utf8') + torn.slice(0, length))
      const { exchanges, notes } = await readCassette(cut)
      assert.equal(exchanges.length, 1)
      assert.match(notes[0] ?? '', /last line .* is cut off/)
    }
  })

  it('may lack the newline at its end', async () => {
    const { exchanges, notes } = await readCassette(fileOf(HEADER, JSON.stringify(line(0))))
    assert.deepEqual([exchanges.length, notes], [1, []])
  })

  it('may have lines that end as on Windows, blank lines and a byte order mark', async () => {
    const file = fileOf(`\uFEFF${HEADER}\r`, '', `${JSON.stringify(line(0))}\r`, '')
    assert.equal((await readCassette(file)).exchanges.length, 1)
  })

  it('has keys that fit its requests, whoever edited them', async () => {
    const { keys, ...rest } = line(0)
    const edited = { ...line(1), body: rest.body }
    const stale = { ...line(2), body: rest.body, keys: { strict: keys.strict, lenient: '0'.repeat(64) } }
    const older = HEADER.replace('"keyRules":1', '"keyRules":7')
    const file = fileOf(older, ...[rest, edited, stale].map((each) => JSON.stringify(each)), '')
    const { exchanges } = await readCassette(file)
    assert.deepEqual(
      exchanges.map((each) => each.keys),
      [keys, keys, keys],
    )
  })

  for (const [what, lines, detail] of [
    ['is empty', [''], /run\.jsonl is empty/],
    ['is not JSON', ['hello', ''], /line 1, column 1: unexpected "h"/],
    ['is no cassette', ['{"schema":"run/1"}'], /line 1: no cassette begins so/],
    [
      'is of another version',
      ['{"schema":"cassette/2","x":1}'],
      /"cassette\/2", and cassette\/1 is what can be read/,
    ],
    ['has a header that is cut off', ['{"schema":"cass'], /line 1, column \d+: the text ends too early/],
    ['has an unknown member', [HEADER, JSON.stringify({ ...line(0), extra: 1 }), ''], /line 2: .*"extra"/],
    [
      'has a wrong status',
      [HEADER, JSON.stringify(line(0)).replace('200', '"200"'), ''],
      /line 2: \/reply\/status:/,
    ],
    [
      'has one order twice',
      [HEADER, ...[0, 0].map((n) => JSON.stringify(line(n)))],
      /line 3: \/order: 0 is there twice/,
    ],
    [
      'is torn in the middle',
      [HEADER, '{"order":0,"prov', JSON.stringify(line(1))],
      /line 2, column 17: the text/,
    ],
    ['has a bad last line with an end', [HEADER, '{"order":0,"prov', ''], /line 2, column 17: the text/],
    [
      'nests too deeply',
      [HEADER, `{"a":${'['.repeat(9000)}${']'.repeat(9000)}}`, ''],
      /line 2: nested deeper than/,
    ],
  ] as const) {
    it(`is told where and why it cannot be used when it ${what}`, () =>
      assert.rejects(readCassette(fileOf(...lines)), failsWith('cassette-malformed', detail)))
  }

  it('has to be there', async () => {
    const folder = temporaryFolder()
    await assert.rejects(readCassette(join(folder, 'no.jsonl')), failsWith('file-not-found', /no\.jsonl/))
    await assert.rejects(readCassette(folder), failsWith('file-unreadable', /EISDIR/))
  })

  it('can be appended to by hand', async () => {
    const file = await writeCassette(temporaryFolder(), [line(0)])
    appendFileSync(file, `${JSON.stringify(line(1))}\n`)
    assert.equal((await readCassette(file)).exchanges.length, 2)
  })
})
