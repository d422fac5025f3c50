import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { holdAlone } from '../../../src/store/hold-alone.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const MODULE = new URL('../../../src/store/hold-alone.ts', import.meta.url).href

it('A file is held by one at a time, and by nobody when its holder was killed', async () => {
  const file = join(temporaryFolder(), 'service.lock')
  const letGo = holdAlone(file, 'a.db')
  assert.throws(() => holdAlone(file, 'a.db'), { code: 'service-running', detail: 'a.db' })
  letGo()
  const hold = `import { holdAlone } from ${JSON.stringify(MODULE)}; holdAlone(${JSON.stringify(file)}, 'a.db'); process.kill(process.pid, 'SIGKILL')`
  await assert.rejects(promisify(execFile)(process.execPath, ['--input-type=module', '-e', hold]), {
    signal: 'SIGKILL',
  })
  holdAlone(file, 'a.db')()
})
