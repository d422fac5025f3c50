import assert from 'node:assert/strict'
import { appendFileSync, existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { openJournal, readJournal } from '../../../src/gateway/records/journal.ts'
import { closed, endedExchange, exchanged, opened } from '../../fixtures/gateway/entries.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const folder = temporaryFolder()
const ENTRIES = [opened('a'), ...exchanged(endedExchange('a', 'ü–🔍')), closed('a')]

describe('a journal', () => {
  it('gives back what was appended, at once, and is for its owner alone', () => {
    const file = join(folder, 'deep', 'a.jsonl')
    const journal = openJournal(file)
    for (const [i, entry] of ENTRIES.entries()) {
      journal.append(entry)
      assert.deepEqual(readJournal(file), ENTRIES.slice(0, i + 1))
    }
    assert.equal(statSync(file).mode & 0o777, 0o600)
    journal.drop()
    journal.drop()
    assert.equal(existsSync(file), false)
  })

  it('cut off anywhere gives back the lines that are whole', () => {
    const file = join(folder, 'b.jsonl')
    const journal = openJournal(file)
    for (const entry of ENTRIES) journal.append(entry)
    journal.close()
    const whole = readFileSync(file)
    const ends = [...whole.entries()].filter(([, byte]) => byte === 10).map(([at]) => at)
    for (let size = whole.length; size >= 0; size -= 7) {
      truncateSync(file, size)
      assert.deepEqual(readJournal(file), ENTRIES.slice(0, ends.filter((at) => at < size).length))
    }
  })

  it('is nobody else’s: a file that is there is left alone', () => {
    const file = join(folder, 'c.jsonl')
    writeFileSync(file, 'mine')
    assert.throws(() => openJournal(file), { code: 'EEXIST' })
    assert.equal(readFileSync(file, 'utf8'), 'mine')
  })

  it('that is damaged is not read', () => {
    const file = join(folder, 'd.jsonl')
    appendFileSync(file, 'no json\n')
    assert.throws(() => readJournal(file), SyntaxError)
  })
})
