import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { AttemptRecord } from '../../src/runner/attempt/attempt-record.ts'
import { keptAt } from '../../src/runner/kept-files.ts'
import { dockerSandbox } from '../../src/sandbox/docker/docker-sandbox.ts'
import { BASE_IMAGE } from '../fixtures/docker/base-image.ts'
import { makeImageWith } from '../fixtures/docker/image-with.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { type ScriptedUpstream, scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { writeAgent, writePlan, writeTask } from '../fixtures/planned-work.ts'
import { keptBy, runTasks } from '../fixtures/tasks-cli.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const complaints = await dockerSandbox({ host: process.env.DOCKER_HOST }).check()
const skip = complaints.length > 0 ? complaints.map(({ missing }) => missing).join('; ') : false
const IMAGE = 'foretoken-test:with-testbed'

/** Asks the model once, tells where it is, and writes what it was told. */
const AGENT = `
import json, os, sys, urllib.request
body = json.dumps({'model': 'gpt-5', 'messages': [{'role': 'user', 'content': 'hi'}]}).encode()
asked = urllib.request.Request(os.environ['OPENAI_BASE_URL'] + '/chat/completions', body, {'content-type': 'application/json'})
urllib.request.urlopen(asked).read()
print(os.getcwd(), sorted(os.listdir('.')))
open('answer.txt', 'w').write(open(sys.argv[1]).read())
`

let upstream: ScriptedUpstream
before(async () => {
  if (skip !== false) return
  upstream = await scriptedUpstream({ script: mendScript })
  const root = temporaryFolder()
  mkdirSync(join(root, 'testbed', '.git'), { recursive: true })
  writeFileSync(join(root, 'testbed', '.git', 'HEAD'), 'ref: refs/heads/main\n')
  writeFileSync(join(root, 'testbed', 'built.txt'), 'made when the image was\n')
  await makeImageWith(root, IMAGE)
})
after(() => upstream?.close())

async function attemptAt(task: Readonly<Record<string, unknown>>, args: readonly string[]) {
  const cwd = temporaryFolder()
  writePlan(cwd, { tasks: ['own'], agents: ['./own.yaml'], retries: 0 })
  writeTask(cwd, 'own', task)
  writeAgent(cwd, { name: 'own', version: ['true'], command: ['python3', '-c', AGENT, '{issue_file}'] })
  const { exit, document, stderr } = await runTasks(cwd, upstream.url, ['plan.yaml', ...args])
  const records = keptBy(cwd).attempts.map(({ document }) => AttemptRecord.parse(document))
  const kept = (of: 'stdout' | 'patch'): string => {
    const sha256 = records[0]?.files[of]?.sha256 ?? ''
    return readFileSync(keptAt(join(cwd, 'files'), sha256), 'utf8')
  }
  return { exit, document, stderr, records, kept }
}

describe('foretoken run, of tasks in images', { skip }, () => {
  it('runs a task in the image that is named for it, and meters its calls', async () => {
    const { exit, document, records, stderr } = await attemptAt({}, [
      ...['--backend', 'docker', '--image', BASE_IMAGE],
    ])
    assert.equal(exit, 0, stderr)
    assert.equal(document.results[0]?.outcome, 'resolved')
    assert.deepEqual([records[0]?.backend, records[0]?.spent?.calls], ['docker', 1])
  })

  it('has the repository of an image where its programs know it, with all that is there', async () => {
    const task = { image: IMAGE, repository: { image: '/testbed' } }
    const { exit, document, kept, stderr } = await attemptAt(task, ['--backend', 'docker'])
    assert.equal(exit, 0, stderr)
    assert.equal(document.results[0]?.outcome, 'resolved')
    assert.match(kept('stdout'), /^\/testbed \['\.git', 'built\.txt'\]/)
    assert.match(kept('patch'), /^\+# Answer$/m)
    assert.doesNotMatch(kept('patch'), /built\.txt/)
  })

  it('tells that an image is not there, and tries no other', async () => {
    const { exit, stderr } = await attemptAt({ image: 'foretoken-test:nosuch' }, [
      '--backend',
      'docker',
    ]).catch((error: unknown) => ({ exit: null, stderr: String(error) }))
    assert.notEqual(exit, 0)
    assert.match(stderr, /foretoken-test:nosuch/)
  })
})
