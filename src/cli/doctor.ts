import type { Command } from 'commander'
import { EXIT } from '../errors.ts'
import { SETTINGS, type SettingName, type Settings } from '../settings.ts'
import { coloursFor } from './colour.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { CHECKS } from './doctor-checks.ts'
import type { Finding } from './doctor-finding.ts'
import { showSafely } from './escape.ts'
import { withFormats, withSettings } from './options.ts'

/** `foretoken doctor`: what works here and what does not; exit 2 when a check fails. */
export function configure(command: Command, act: Act): void {
  withFormats(command, 'text', 'json').option(
    '--settings',
    'show every setting and where it came from instead',
  )
  withSettings(command, 'db', 'prices', 'githubApi', 'cache', 'models', 'bundle', 'agent', 'calibration')
  withSettings(command, 'openaiUrl', 'anthropicUrl', 'geminiUrl')
  act(command, (call) => (call.options.settings === true ? showSettings(call) : examine(call)))
}

async function showSettings({ app, settings, format }: Invocation): Promise<number> {
  app.print(format === 'json' ? settingsJson(settings) : settingsText(settings))
  return EXIT.ok
}

async function examine({ app, settings, format }: Invocation): Promise<number> {
  const findings: Finding[] = []
  for (const check of CHECKS) {
    app.signal.throwIfAborted()
    findings.push(await check({ app, settings }))
  }
  const ok = findings.every(({ status }) => status !== 'fail')
  if (format === 'json') app.print(document({ schema: 'doctor/1', ok, checks: findings }))
  else app.print(findingsText(findings, coloursFor(app, 'stdout')))
  return ok ? EXIT.ok : EXIT.badInput
}

function settingsJson(settings: Settings): string {
  const list = named(settings).map(([name, { value, origin }]) => ({ name, value, origin }))
  return document({ schema: 'settings/1', settings: list })
}

function settingsText(settings: Settings): string {
  const rows = named(settings).map(([name, { value, origin }]) => {
    const where = {
      flag: 'flag',
      environment: SETTINGS[name].variable,
      file: 'foretoken.json',
      default: 'default',
    }
    return [name, value ?? '(not set)', where[origin]] as const
  })
  const [first, second] = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map(([name, value, origin]) => {
    return `${name.padEnd(first ?? 0)}  ${showSafely(value).padEnd(second ?? 0)}  ${origin}\n`
  })
  return lines.join('')
}

function findingsText(findings: readonly Finding[], colours: ReturnType<typeof coloursFor>): string {
  const paint = { ok: colours.green, warn: colours.yellow, fail: colours.red }
  const width = Math.max(...findings.map(({ name }) => name.length))
  const lines = findings.map(({ name, status, detail, fix }) => {
    const line = `${paint[status](status.padEnd(4))}  ${name.padEnd(width)}  ${showSafely(detail)}\n`
    return fix === null ? line : `${line}${' '.repeat(width + 8)}→ ${showSafely(fix)}\n`
  })
  return lines.join('')
}

function named(settings: Settings): (readonly [SettingName, Settings[SettingName]])[] {
  return (Object.keys(SETTINGS) as SettingName[]).map((name) => [name, settings[name]] as const)
}

function document(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
