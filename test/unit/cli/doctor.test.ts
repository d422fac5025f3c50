import assert from 'node:assert/strict'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { Finding } from '../../../src/cli/doctor-finding.ts'
import { SHIPPED_MODELS } from '../../../src/settings.ts'
import { cli } from './fake-app.ts'

describe('doctor', () => {
  let cwd = ''
  before(async () => {
    cwd = await mkdtemp(join(tmpdir(), 'doctor-'))
    await mkdir(join(cwd, 'models'))
    await cp(join(SHIPPED_MODELS, 'verified-1'), join(cwd, 'models/one'), { recursive: true })
    await mkdir(join(cwd, 'torn/one'), { recursive: true })
    await writeFile(join(cwd, 'torn/one/model.json'), '{}')
  })
  after(() => rm(cwd, { recursive: true }))
  const examine = async (args: readonly string[], env: Record<string, string | undefined> = process.env) => {
    const { exit, stdout } = await cli(['doctor', '--models', 'models', '--format', 'json', ...args], {
      cwd,
      env,
    })
    const { schema, ok, checks } = JSON.parse(stdout) as { schema: string; ok: boolean; checks: Finding[] }
    assert.equal(schema, 'doctor/1')
    assert.equal(ok, exit === 0)
    return { exit, finding: (name: string) => checks.find((check) => check.name === name), checks }
  }

  it('finds that everything works where it does', async () => {
    const { exit, checks } = await examine([])
    assert.deepEqual(
      checks.filter(({ name }) => !name.startsWith('sandbox')).map(({ name, status }) => `${name} ${status}`),
      ['node ok', 'git ok', 'store ok', 'tokenizer ok', 'bundle ok', 'cache ok', 'prices ok', 'gateway ok'],
    )
    assert.equal(exit, 0)
  })

  it('tells where the gateway would send calls, and what a killed one left behind', async () => {
    const { finding } = await examine(['--openai-url', 'http://127.0.0.1:11434/v1'], {
      ANTHROPIC_API_KEY: 'sk-ant-of-nobody',
    })
    const detail = finding('gateway')?.detail ?? ''
    assert.match(
      detail,
      /^openai at 127\.0\.0\.1:11434 without a key, anthropic at \S+ with a key, gemini at/,
    )
    assert.ok(!detail.includes('of-nobody'))
    const wrong = await examine(['--openai-url', 'http://127.0.0.1:11434/v1?key=1'])
    assert.equal(wrong.finding('gateway')?.status, 'fail')
    assert.equal(wrong.exit, 2)
  })

  it('tells which ways there are to run agents here, or what is missing for each', async () => {
    const { exit, checks, finding } = await examine([], { DOCKER_HOST: `unix://${cwd}/nosuch.sock` })
    assert.equal(exit, 0)
    const docker = finding('sandbox docker')
    assert.equal(docker?.status, 'warn')
    assert.match(docker?.detail ?? '', /^runs no agents here; missing: .*Docker at .*nosuch\.sock \(.*ENOENT/)
    assert.match(docker?.fix ?? '', /install Docker Engine/)
    const sandboxes = checks.filter(({ name }) => name.startsWith('sandbox'))
    assert.deepEqual(
      sandboxes.map(({ name }) => name),
      ['sandbox local', 'sandbox docker', 'sandbox kubernetes'],
    )
    // Whatever this machine has.
    for (const { name, status, fix } of sandboxes) assert.equal(fix === null, status === 'ok', name)
  })

  it('names the price book and the day its prices are asked for', async () => {
    const { finding } = await examine([])
    assert.match(finding('prices')?.detail ?? '', /^genai-prices \d+\.\d+\.\d+, as in force on 2026-11-20$/)
  })

  it('fails, with what to do, where a part is missing', async () => {
    const { exit, finding } = await examine(['--bundle', 'two', '--prices', 'missing.json'])
    assert.equal(exit, 2)
    assert.deepEqual(finding('bundle'), {
      name: 'bundle',
      status: 'fail',
      detail: `No such model bundle: two in ${join(cwd, 'models')}`,
      fix: 'there is one',
    })
    assert.deepEqual(finding('prices'), {
      name: 'prices',
      status: 'fail',
      detail: 'missing.json',
      fix: 'check the path',
    })
  })

  it('reads the bundle in force, and fails where it is torn', async () => {
    const { finding } = await examine(['--models', 'torn'])
    assert.equal(finding('bundle')?.status, 'fail')
    assert.match(finding('bundle')?.detail ?? '', /torn.one.model\.json does not begin like a bundle/)
  })

  it('only warns without git, since a forecast can do without', async () => {
    const { exit, finding } = await examine([], { PATH: cwd })
    assert.equal(finding('git')?.status, 'warn')
    assert.equal(exit, 0)
  })

  it('fails where the cache cannot be written', async () => {
    await writeFile(join(cwd, 'a-file'), '')
    const { finding } = await examine(['--cache', 'a-file/cache'])
    assert.equal(finding('cache')?.status, 'fail')
  })

  it('writes nothing itself', async () => {
    const { finding } = await examine(['--cache', 'not/yet/there'])
    assert.equal(finding('cache')?.status, 'ok')
    await assert.rejects(rm(join(cwd, 'not')), { code: 'ENOENT' })
  })

  it('shows one line for each check, and below it what to do', async () => {
    const { stdout } = await cli(['doctor', '--models', 'nowhere'], { cwd, env: process.env })
    assert.match(stdout, /^ok {4}node {16}\d/m)
    assert.match(stdout, /^fail {2}bundle {14}No such model bundle: any in .*nowhere\n {26}→ see/m)
  })
})
