import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { z } from 'zod'
import { checkShape, readJsonFile } from '../../json.ts'
import type { Alarm } from '../../learn/alarm.ts'

const Name = z.string().nullable()
const Told = z.object({
  schema: z.literal('told-alarms/1'),
  told: z.array(
    z.tuple([
      z.string(),
      z.object({
        kind: z.string(),
        agent: Name,
        model: Name,
        since: Name,
        message: z.string(),
        fix: z.string(),
      }),
    ]),
  ),
})

/** Reads which alarms the webhook knows of. @throws KnownError file-unreadable, data-malformed */
export async function readTold(file: string): Promise<Map<string, Alarm>> {
  const found = await readJsonFile(file, 'data-malformed')
  return new Map(found === null ? [] : checkShape(Told, found, file, 'data-malformed').told)
}

/** Writes it whole or not at all: a service that is killed meanwhile sends one alarm twice, never none. */
export async function writeTold(file: string, told: ReadonlyMap<string, Alarm>): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const beside = `${file}.new`
  try {
    await writeFile(beside, `${JSON.stringify({ schema: 'told-alarms/1', told: [...told] })}\n`, {
      flush: true,
    })
    await rename(beside, file)
  } finally {
    await rm(beside, { force: true })
  }
}
