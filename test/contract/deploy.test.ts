import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'yaml'
import { ERRORS, EXIT } from '../../src/errors.ts'
import { SERVICE_DEFAULTS } from '../../src/server/settings/service-defaults.ts'
import { openMetrics } from '../../src/server/telemetry/metrics.ts'
import { SETTINGS } from '../../src/settings.ts'
import { newStore } from '../fixtures/runs.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const text = (file: string) => readFileSync(resolve(ROOT, 'data/deploy', file), 'utf8')
const variables: readonly string[] = Object.values(SETTINGS).map(({ variable }) => variable)

describe('the Containerfile', () => {
  const file = text('Containerfile')
  /** Instructions, each on one line. */
  const lines = file
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => /^[A-Z]+ /.test(line))
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')))
  const of = (instruction: string) => last.filter((line) => line.startsWith(`${instruction} `))

  it('ends as nobody, by number, with everything that is run owned by root', () => {
    assert.match(of('USER').at(-1) ?? '', /^USER [1-9]\d+:[1-9]\d+$/)
    assert.ok(last.indexOf(of('USER').at(-1) ?? '') > last.findLastIndex((line) => line.startsWith('COPY ')))
    assert.ok(of('COPY').every((line) => !line.includes('--chown')))
  })

  it('leaves compilers and packages of tests behind', () => {
    assert.equal(lines.filter((line) => line.startsWith('FROM ')).length, 2)
    assert.ok(lines.some((line) => line.startsWith('RUN ') && line.includes('npm prune --omit=dev')))
    assert.ok(!of('RUN').some((line) => line.includes('npm ')))
    assert.ok(of('RUN').some((line) => /install .*\bgit\b/.test(line)))
  })

  it('copies what is there, and what is sent along', () => {
    const copied = lines
      .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
      .flatMap((line) => line.split(' ').slice(1, -1))
    for (const path of copied) assert.ok(existsSync(resolve(ROOT, path)), path)
    const sent = text('Containerfile.dockerignore').match(/^!.+$/gm)
    assert.deepEqual(new Set(sent?.map((line) => line.slice(1))), new Set(copied))
    assert.ok(existsSync(resolve(ROOT, 'tsconfig.build.json')))
  })

  it('says how its health is told, and starts Node itself, that signals reach it', () => {
    const [, script = ''] = / CMD (\[.*\])$/.exec(of('HEALTHCHECK')[0] ?? '') ?? []
    assert.match(
      JSON.parse(script).join(' '),
      new RegExp(`^node -e fetch\\('http://127.0.0.1:${SERVICE_DEFAULTS.port}/readyz'`),
    )
    assert.match(of('ENTRYPOINT')[0] ?? '', /^ENTRYPOINT \["node", "\/app\/dist\/cli\/main\.js"\]$/)
    assert.equal(of('EXPOSE')[0], `EXPOSE ${SERVICE_DEFAULTS.port}`)
    const { bin } = JSON.parse(readFileSync(resolve(ROOT, 'package.json'), 'utf8'))
    assert.equal(bin.foretoken, 'dist/cli/main.js')
  })

  it('holds no secret and no address of a registry, and sets what is a setting', () => {
    assert.ok(!/((?<!FORE)TOKEN|SECRET|PASSWORD|API_KEY|ftk_)/.test(lines.join('\n')))
    assert.deepEqual(
      lines.filter((line) => line.startsWith('ARG ')),
      ['ARG BASE=node:24-bookworm-slim'],
    )
    const set = [...file.matchAll(/\b(FORETOKEN_\w+)=/g)].map(([, name]) => name ?? '')
    for (const name of set) assert.ok(variables.includes(name), name)
    assert.equal(set.length, 2)
  })
})

describe('the unit of systemd', () => {
  const unit = text('systemd/foretoken.service')
  const all = (key: string) => [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value)

  it('is one that systemd takes, and calls well protected', (t) => {
    const file = join(temporaryFolder(), 'foretoken.service')
    // The program is not installed here.
    writeFileSync(file, unit.replace('/usr/bin/foretoken', process.execPath))
    const options = { encoding: 'utf8', timeout: 60_000 } as const
    const verified = spawnSync('systemd-analyze', ['verify', file], options)
    if (verified.error !== undefined && 'code' in verified.error && verified.error.code === 'ENOENT')
      return t.skip('there is no systemd-analyze')
    assert.deepEqual([verified.status, verified.stderr], [0, ''])
    const judged = spawnSync(
      'systemd-analyze',
      ['security', '--offline=true', '--threshold=20', file],
      options,
    )
    assert.equal(judged.status, 0, judged.stdout)
  })

  it('runs as nobody known, and writes nothing but its state and its cache', () => {
    for (const [key, value] of Object.entries({
      ...{ DynamicUser: 'yes', NoNewPrivileges: 'yes', ProtectSystem: 'strict', ProtectHome: 'yes' },
      ...{ StateDirectory: 'foretoken', CacheDirectory: 'foretoken', CapabilityBoundingSet: '' },
      ...{ RestrictNamespaces: 'yes', PrivateTmp: 'yes' },
    }))
      assert.deepEqual(all(key), [value], key)
    assert.deepEqual(all('ReadWritePaths'), [])
  })

  it('is not started again and again with settings that are wrong', () => {
    assert.deepEqual(all('RestartPreventExitStatus'), [String(EXIT.badInput)])
    assert.equal(ERRORS['service-malformed'].exit, EXIT.badInput)
    assert.deepEqual(all('SuccessExitStatus'), [String(EXIT.interrupted)])
  })

  it('sets what is a setting, and holds no secret', () => {
    const set = all('Environment').map((line) => line?.split('=')[0] ?? '')
    for (const name of set.filter((name) => name.startsWith('FORETOKEN_')))
      assert.ok(variables.includes(name), name)
    assert.deepEqual(set, ['NODE_ENV', 'FORETOKEN_DB', 'FORETOKEN_CACHE', 'HOME'])
  })
})

describe('the alerts', () => {
  it('look at what the service tells, and nothing else', async () => {
    const store = newStore()
    const metrics = openMetrics({ store, queues: {}, onFailure: (error) => assert.fail(String(error)) })
    const { text: told } = await metrics.text()
    metrics.close()
    store.close()
    const known = new Set(Array.from(told.matchAll(/^# TYPE (\S+)/gm), ([, name]) => name))
    const rules: readonly { alert: string; expr: string }[] = parse(text('prometheus/alerts.yaml')).groups[0]
      .rules
    assert.ok(rules.length > 3)
    for (const { alert, expr } of rules) {
      const asked = Array.from(expr.matchAll(/foretoken_\w+/g), ([name]) =>
        name.replace(/_(count|bucket|sum)$/, ''),
      )
      assert.ok(asked.length > 0, alert)
      for (const name of asked) assert.ok(known.has(name), `${alert}: ${name}`)
    }
    const reasons = Array.from(
      /reason=~"([^"]+)"/.exec(JSON.stringify(rules).replaceAll('\\"', '"'))?.[1]?.split('|') ?? [],
    )
    assert.equal(reasons.length, 2)
    for (const reason of reasons) assert.ok(reason in ERRORS, reason)
  })
})
