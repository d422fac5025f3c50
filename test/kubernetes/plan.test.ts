import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { AttemptRecord } from '../../src/runner/attempt/attempt-record.ts'
import { mendScript } from '../fixtures/gateway/script.ts'
import { type ScriptedUpstream, scriptedUpstream } from '../fixtures/gateway/scripted-upstream.ts'
import { CLUSTER_ADDRESS, kubeconfig, SHELL_IMAGE } from '../fixtures/kubernetes.ts'
import { writeAgent, writePlan } from '../fixtures/planned-work.ts'
import { keptBy, runTasks } from '../fixtures/tasks-cli.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

/** Asks the model once, with no more than a shell has, and writes what it was told. */
const ASK = [
  'at=$(echo "$OPENAI_BASE_URL" | cut -d/ -f3)',
  `body='{"model":"gpt-5","messages":[{"role":"user","content":"hi"}]}'`,
  'size=$(printf %s "$body" | wc -c)',
  'head="POST /v1/chat/completions HTTP/1.1\\r\\nHost: gateway\\r\\nConnection: close\\r\\n"',
  'head="$head""Content-Type: application/json\\r\\nContent-Length: $size\\r\\n\\r\\n"',
  '{ printf "$head"; printf %s "$body"; } | nc "$(echo "$at" | cut -d: -f1)" "$(echo "$at" | cut -d: -f2)" >reply',
  'cat "$1" >answer.txt',
].join('\n')

let upstream: ScriptedUpstream
before(async () => {
  process.env.KUBECONFIG = kubeconfig('runner')
  upstream = await scriptedUpstream({ script: mendScript })
})
after(() => upstream.close())

describe('foretoken run, of a plan in a cluster', { timeout: 300_000 }, () => {
  it('has each run metered, checked and kept', async () => {
    const cwd = temporaryFolder()
    writePlan(cwd, {
      agents: ['./own.yaml'],
      ...{ backend: 'kubernetes', image: SHELL_IMAGE, kubernetes: { gatewayAddress: CLUSTER_ADDRESS } },
    })
    writeAgent(cwd, { name: 'own', version: ['true'], command: ['sh', 'ask.sh', '{issue_file}'] })
    for (const task of ['easy', 'hard']) writeFileSync(join(cwd, task, 'repository', 'ask.sh'), ASK)
    const { exit, document, stderr } = await runTasks(cwd, upstream.url, ['plan.yaml'])
    assert.equal(exit, 0, stderr)
    const outcomes = Object.fromEntries(document.results.map(({ task, outcome }) => [task, outcome]))
    assert.deepEqual(outcomes, { easy: 'resolved', hard: 'failed' })
    const records = keptBy(cwd).attempts.map(({ document }) => AttemptRecord.parse(document))
    assert.deepEqual(
      records.map(({ backend, spent }) => [backend, spent?.calls]),
      [
        ['kubernetes', 1],
        ['kubernetes', 1],
      ],
    )
  })
})
