import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, it } from 'node:test'
import { ROOT } from '../fixtures/built-cli.ts'
import { builtService } from '../fixtures/server/built-service.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

const service = await builtService({})
const folder = temporaryFolder()

const run = (program: string, args: readonly string[]): string =>
  execFileSync(program, args, { cwd: folder, encoding: 'utf8' })

/** Tells every module that is loaded for the client, with what it exports. */
const LOADED = `
import { registerHooks } from 'node:module'
const loaded = []
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
const client = await import('foretoken/client')
console.log(JSON.stringify({ loaded, names: Object.keys(client) }))
`

/** As a program of somebody else uses it. */
const CONSUMER = `
import { createClient, type Estimate, ProblemError } from 'foretoken/client'

const client = createClient('${service.url}', { retries: 1 })
const { forecasts }: Estimate = await client.estimate({ issue: { title: 'Crash on empty input' }, models: ['gpt-5'] })
const page: string = await client.report('all', { format: 'html' }).catch((error: unknown) => {
  if (error instanceof ProblemError) return error.code ?? ''
  throw error
})
const dollars: string | null | undefined = forecasts[0]?.costUsd?.p90
// @ts-${'expect'}-error a title is text
client.estimate({ issue: { title: 1 } }).catch(() => {})
console.log(JSON.stringify({ dollars, page: page.slice(0, 20) }))
`

const OPTIONS = {
  ...{
    target: 'es2024',
    module: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
  },
  ...{ lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable'], types: [] },
}

describe('the client in the package', () => {
  before(() => {
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(ROOT, join(folder, 'node_modules/foretoken'))
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
    writeFileSync(join(folder, 'loaded.js'), LOADED)
    writeFileSync(join(folder, 'consumer.ts'), CONSUMER)
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: OPTIONS, include: ['consumer.ts'] }),
    )
  })

  it('loads nothing but itself', () => {
    const { loaded, names } = JSON.parse(run(process.execPath, ['loaded.js'])) as {
      loaded: string[]
      names: string[]
    }
    assert.deepEqual(names.sort(), ['ProblemError', 'createClient'])
    assert.ok(loaded.length > 0)
    assert.deepEqual(
      loaded.filter((url) => !url.includes('/dist/server/client/')),
      [],
    )
  })

  it('is typed for a program that knows a browser only, and does what it says', () => {
    run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', '.'])
    const told = JSON.parse(run(process.execPath, ['consumer.js']))
    assert.match(told.dollars, /^\d+\.\d+$/)
    assert.ok(told.page.startsWith('<!doctype html>') || told.page === 'too-little-data', told.page)
  })
})
