import { resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { EXIT } from '../errors.ts'
import { SCOPES } from '../server/auth/principal.ts'
import { type ApiKey, createApiKey, isInForce, listApiKeys, revokeApiKey } from '../store/api-keys.ts'
import { type AuditEntry, readAudit } from '../store/audit.ts'
import { openStore } from '../store/open-store.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { showSafely } from './escape.ts'
import { withFormats, withSettings } from './options.ts'
import { parseFlags } from './parse-flags.ts'
import { withStore } from './runs.ts'

/** What records call who sits at the command line. */
const ACTOR = 'command line'
const DAY_MS = 86_400_000

/** `foretoken keys create | list | revoke | audit`: who may ask the service for what, and who has asked. */
export function configure(command: Command, act: Act): void {
  const create = command
    .command('create')
    .description('make a key; it is shown once')
    .requiredOption('--name <name>', 'whose it is, or what for')
    .requiredOption('--scope <scope...>', `what it may do: ${SCOPES.join(', ')} (which is everything)`)
    .option('--expires <when>', 'after so many days, or at the start of a day such as 2027-01-31')
  withSettings(withFormats(create, 'text', 'json'), 'db')
  act(create, createKey)
  const list = command.command('list').description('every key, without its secret')
  withSettings(withFormats(list, 'text', 'json'), 'db')
  act(list, listKeys)
  const revoke = command
    .command('revoke')
    .description('end a key, at once')
    .argument('<id>', 'the part between ftk_ and the next _')
  withSettings(withFormats(revoke, 'text', 'json'), 'db')
  act(revoke, revokeKey)
  const audit = command
    .command('audit')
    .description('who did what, the newest first')
    .option('--limit <entries>', 'so many at most (default: 50)')
  withSettings(withFormats(audit, 'text', 'json'), 'db')
  act(audit, showAudit)
}

const NAME = 'expected a name of 1 to 100 characters'

const newKey = (nowMs: number) =>
  z.object({
    name: z.string(NAME).trim().min(1, NAME).max(100, NAME),
    scope: z
      .array(z.enum(SCOPES, `expected some of ${SCOPES.join(', ')}`))
      .transform((scopes) => SCOPES.filter((scope) => scopes.includes(scope))),
    expires: z
      .string()
      .transform((when) => expiryOf(when, nowMs))
      .refine((ms) => ms > nowMs, 'expected days, or a date to come such as 2027-01-31')
      .nullable()
      .default(null),
  })

/** NaN = neither days nor a date. */
const expiryOf = (when: string, nowMs: number): number => {
  if (/^\d{1,5}$/.test(when)) return nowMs + Number(when) * DAY_MS
  return /^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(when) ? Date.parse(when) : Number.NaN
}

async function createKey({ app, settings, format, options }: Invocation): Promise<number> {
  const atMs = app.now()
  const { name, scope, expires } = parseFlags(newKey(atMs), options)
  const store = openStore(resolve(app.cwd, settings.db.value), { create: true })
  try {
    const wanted = { name, scopes: scope, expiresMs: expires }
    const { key, kept } = createApiKey(store, wanted, { actor: ACTOR, atMs })
    if (format === 'json') app.print(`${JSON.stringify({ schema: 'key/1', key, ...kept }, null, 2)}\n`)
    else {
      app.print(`${key}\n`)
      app.note(
        `key ${kept.id} may ${scope.join(', ')}${kept.expiresAt === null ? '' : `, until ${kept.expiresAt}`}\n` +
          `→ keep it now: it is not shown again. End it with foretoken keys revoke ${kept.id}\n`,
      )
    }
    return EXIT.ok
  } finally {
    store.close()
  }
}

const listKeys = (call: Invocation): Promise<number> =>
  withStore(call, (store) => {
    const { app, format } = call
    const keys = listApiKeys(store).map((key) => ({ ...key, inForce: isInForce(key, app.now()) }))
    if (format === 'json') app.print(`${JSON.stringify({ schema: 'keys/1', keys }, null, 2)}\n`)
    else if (keys.length === 0)
      app.note('there is no key → foretoken keys create --name NAME --scope estimate\n')
    else app.print(keys.map((key) => keyLine(key, app.now())).join(''))
    return EXIT.ok
  })

const keyLine = (key: ApiKey, nowMs: number): string => {
  const used = key.lastUsedAt === null ? 'never used' : `used ${minute(key.lastUsedAt)}`
  return showSafely(
    `${key.id}  ${stateOf(key, nowMs)}  ${used}  ${key.scopes.join(' ')}  ${oneLine(key.name)}\n`,
  )
}

const stateOf = (key: ApiKey, nowMs: number): string => {
  if (key.revokedAt !== null) return `revoked ${minute(key.revokedAt)}`
  if (key.expiresAt === null) return 'in force'
  return `${isInForce(key, nowMs) ? 'in force until' : 'out of date since'} ${minute(key.expiresAt)}`
}

const minute = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`

const oneLine = (text: string): string => text.replace(/[\r\n\t]+/g, ' ')

const revokeKey = (call: Invocation): Promise<number> =>
  withStore(call, (store) => {
    const { app, args, format } = call
    const key = revokeApiKey(store, args[0] ?? '', { actor: ACTOR, atMs: app.now() })
    if (format === 'json') app.print(`${JSON.stringify({ schema: 'key/1', ...key }, null, 2)}\n`)
    else app.print(keyLine(key, app.now()))
    return EXIT.ok
  })

const AuditOptions = z.object({ limit: z.coerce.number().int().min(1).max(10_000).default(50) })

const showAudit = (call: Invocation): Promise<number> =>
  withStore(call, (store) => {
    const { app, format, options } = call
    const entries = readAudit(store, parseFlags(AuditOptions, options).limit)
    if (format === 'json') {
      const rows = entries.map(({ atMs, ...entry }) => ({ at: new Date(atMs).toISOString(), ...entry }))
      app.print(`${JSON.stringify({ schema: 'audit/1', entries: rows }, null, 2)}\n`)
    } else if (entries.length === 0) app.note('nothing was done yet\n')
    else app.print(entries.map(auditLine).join(''))
    return EXIT.ok
  })

const auditLine = ({ atMs, actor, action, subject, request, address, detail }: AuditEntry): string => {
  const more = [subject, detail, address, request].filter((text) => text !== null)
  return showSafely(`${oneLine([new Date(atMs).toISOString(), actor, action, ...more].join('  '))}\n`)
}
