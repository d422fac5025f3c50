import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { promisify } from 'node:util'
import { EstimateAnswer } from '../../src/server/schemas/estimate-answer.ts'
import { ROOT } from '../fixtures/built-cli.ts'
import { testService } from '../fixtures/server/test-service.ts'

const service = await testService()

it('The curl of the README works as printed, and is answered as it shows', async () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8')
  const [, command = '', shown = ''] =
    /```console\n\$ (curl -s [\s\S]*?)\n(\{[\s\S]*?\})\n```/.exec(readme) ?? []
  assert.match(command, /http:\/\/127\.0\.0\.1:4142\//)
  const here = command.replace('http://127.0.0.1:4142', service.url)
  const { stdout } = await promisify(execFile)('bash', ['-c', here])
  const answer = EstimateAnswer.parse(JSON.parse(stdout))
  assert.equal(answer.forecasts.length, 1)
  assert.equal(typeof answer.forecasts[0]?.overBudget, 'number')
  // What is shown, with any text where it leaves something out.
  const pattern = shown
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('[^]*')
  assert.match(stdout, new RegExp(`^${pattern}$`))
  const again = await promisify(execFile)('bash', ['-c', here])
  assert.equal(again.stdout, stdout, 'the same Idempotency-Key')
})
