import { readFile, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { z } from 'zod'
import { KnownError } from '../errors.ts'
import { checkShape, readJsonFile } from '../json.ts'
import type { Invocation } from './command-line.ts'
import { writePrivate } from './write-file.ts'

const GatewayFile = z.object({
  url: z.url({ protocol: /^http$/ }),
  token: z.string().min(20),
  pid: z.int().min(1),
})
/** Where a gateway that is running can be reached by who started it. */
export type GatewayFile = z.infer<typeof GatewayFile>

const place = ({ app, settings }: Invocation): string =>
  join(dirname(resolve(app.cwd, settings.db.value)), 'gateway.json')

/** Writes it beside the store, for the owner's eyes only; returns where. @throws KnownError `file-not-written` */
export async function writeGatewayFile(call: Invocation, content: GatewayFile): Promise<string> {
  const file = place(call)
  await writePrivate(file, `${JSON.stringify(content, null, 2)}\n`)
  return file
}

/** Takes it away, unless another gateway has written its own since. */
export async function dropGatewayFile(file: string): Promise<void> {
  const text = await readFile(file, 'utf8').catch(() => null) // gone already
  if (text?.includes(`"pid": ${process.pid}`)) await rm(file, { force: true })
}

/** @throws KnownError `no-gateway` */
export async function readGatewayFile(call: Invocation): Promise<GatewayFile> {
  const file = place(call)
  const json = await readJsonFile(file, 'bad-setting')
  if (json === null) throw new KnownError('no-gateway', file)
  return checkShape(GatewayFile, json, file, 'bad-setting')
}
