import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { it } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { ROOT } from '../fixtures/built-cli.ts'
import { temporaryFolder } from '../fixtures/temporary-folder.ts'

/** An issue that takes its time. */
const LONG = JSON.stringify({
  issue: { title: 'Rows are lost', body: 'rows are lost in src/a/b.py. '.repeat(14_000) },
})

it('A service that is told to end finishes what it is answering, keeps it, and takes nothing new', async () => {
  const folder = temporaryFolder()
  const settings = join(folder, 'service.json')
  writeFileSync(settings, JSON.stringify({ schema: 'service/1', port: 0, threads: 1 }))
  const args = [join(ROOT, 'dist/cli/main.js'), 'serve', '--service', settings, '--db', join(folder, 'a.db')]
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const closed = once(child, 'close')
  let said = ''
  const url = await new Promise<string>((resolve) => {
    child.stderr.on('data', (chunk: Buffer) => {
      said += String(chunk)
      const found = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0]
      if (found !== undefined) resolve(found)
    })
  })
  const headers = { 'content-type': 'application/json' }
  const answering = fetch(`${url}/v1/estimates`, { method: 'POST', headers, body: LONG })
  await setTimeout(150)
  child.kill('SIGTERM')
  const answer = await answering
  assert.equal(answer.status, 201, said)
  const { id } = (await answer.json()) as { readonly id: string }
  await assert.rejects(fetch(`${url}/healthz`))
  const [exit] = (await closed) as [number]
  assert.equal(exit, 130)
  assert.match(said, /Taking nothing new/)
  const again = spawn(process.execPath, [...args, '--get', `/v1/estimates/${id}`], { cwd: folder })
  let text = ''
  again.stdout.on('data', (chunk: Buffer) => {
    text += String(chunk)
  })
  const [status] = (await once(again, 'close')) as [number]
  assert.equal(status, 0)
  assert.equal((JSON.parse(text) as { readonly id: string }).id, id)
})
