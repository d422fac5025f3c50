import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { App } from './app.ts'
import { KnownError } from './errors.ts'
import { checkShape, readJsonFile } from './json.ts'

/** The forms in which answers are given; a command knows some of them. */
export const FORMATS = ['text', 'json', 'jsonl', 'markdown', 'html', 'csv', 'github'] as const

/** A form in which an answer is given. */
export type Format = (typeof FORMATS)[number]

/** Every setting: its flag, its variable and what it means. The README's table is made from this. */
export const SETTINGS = {
  db: { flag: '--db <file>', variable: 'FORETOKEN_DB', meaning: 'the store of runs and estimates' },
  prices: { flag: '--prices <file>', variable: 'FORETOKEN_PRICES', meaning: 'your own prices, as JSON' },
  githubApi: {
    flag: '--github-api <url>',
    variable: 'FORETOKEN_GITHUB_API',
    meaning: 'base of the GitHub REST API; Enterprise: https://HOST/api/v3',
  },
  cache: {
    flag: '--cache <folder>',
    variable: 'FORETOKEN_CACHE',
    meaning: 'what was read from repositories',
  },
  models: { flag: '--models <folder>', variable: 'FORETOKEN_MODELS', meaning: 'the folder of model bundles' },
  bundle: { flag: '--bundle <id>', variable: 'FORETOKEN_BUNDLE', meaning: 'the model bundle that forecasts' },
  agent: { flag: '--agent <name>', variable: 'FORETOKEN_AGENT', meaning: 'the agent that will do the work' },
  calibration: {
    flag: '--calibration <on|off>',
    variable: 'FORETOKEN_CALIBRATION',
    meaning: 'whether forecasts follow what runs in the store spent since the bundle was made',
  },
  openaiUrl: {
    flag: '--openai-url <url>',
    variable: 'FORETOKEN_OPENAI_URL',
    meaning: 'where the gateway sends calls of the OpenAI APIs, or of what speaks them',
  },
  anthropicUrl: {
    flag: '--anthropic-url <url>',
    variable: 'FORETOKEN_ANTHROPIC_URL',
    meaning: 'where the gateway sends calls of the Anthropic API',
  },
  geminiUrl: {
    flag: '--gemini-url <url>',
    variable: 'FORETOKEN_GEMINI_URL',
    meaning: 'where the gateway sends calls of the Gemini API',
  },
  format: { flag: '--format <format>', variable: 'FORETOKEN_FORMAT', meaning: 'the form of the answer' },
} as const

/** The name of a setting, as foretoken.json spells it. */
export type SettingName = keyof typeof SETTINGS

/** Where a value came from; the first that has one wins, in this order. */
export type Origin = 'flag' | 'environment' | 'file' | 'default'

/** A value and where it came from. */
export interface Setting<Value> {
  readonly value: Value
  readonly origin: Origin
}

/** Every setting in force. Paths are as given, relative to the working folder; null = not set. */
export type Settings = { readonly [Name in SettingName]: Setting<Values[Name]> }

interface Values {
  readonly db: string
  readonly prices: string | null
  readonly githubApi: string
  readonly cache: string
  readonly models: string
  readonly bundle: string | null
  readonly agent: string | null
  readonly calibration: 'on' | 'off'
  readonly openaiUrl: string | null
  readonly anthropicUrl: string | null
  readonly geminiUrl: string | null
  readonly format: Format
}

const Text = z.string().min(1, 'expected a text that is not empty')

const HttpUrl = z
  .url({ protocol: /^https?$/, error: 'expected an http or https URL' })
  .refine((url) => !URL.canParse(url) || new URL(url).username === '', 'expected a URL without credentials')

/** The shape of foretoken.json. */
export const SettingsFile = z.strictObject({
  $schema: z.string().optional(),
  db: Text.optional(),
  prices: Text.optional(),
  githubApi: HttpUrl.optional(),
  cache: Text.optional(),
  models: Text.optional(),
  bundle: Text.optional(),
  agent: Text.optional(),
  calibration: z.enum(['on', 'off']).optional(),
  openaiUrl: HttpUrl.optional(),
  anthropicUrl: HttpUrl.optional(),
  geminiUrl: HttpUrl.optional(),
  format: z.enum(FORMATS).optional(),
})

/** The name of the settings file, looked for in the working folder. */
export const SETTINGS_FILE = 'foretoken.json'

/** The bundles that come with the program, absolute; nothing of a user's own is written there. */
export const SHIPPED_MODELS = fileURLToPath(new URL('../models', import.meta.url))

const DEFAULTS: Values = {
  db: '.foretoken/foretoken.db',
  prices: null,
  githubApi: 'https://api.github.com',
  cache: '.foretoken/cache',
  models: '.foretoken/models',
  bundle: null,
  agent: null,
  calibration: 'on',
  openaiUrl: null,
  anthropicUrl: null,
  geminiUrl: null,
  format: 'text',
}

type Layer = z.infer<typeof SettingsFile>

/**
 * Settles every setting: flag, then `FORETOKEN_*`, then foretoken.json, then default. An empty variable is not set.
 * @throws KnownError `bad-setting`, naming the flag, variable or file and the value
 */
export async function readSettings(
  app: Pick<App, 'env' | 'cwd'>,
  flags: Readonly<Record<string, unknown>>,
): Promise<Settings> {
  const file = (await readJsonFile(resolve(app.cwd, SETTINGS_FILE), 'bad-setting')) ?? {}
  const layers: readonly (readonly [Origin, Layer])[] = [
    [
      'flag',
      layer(
        (name) => flags[name],
        (name) => SETTINGS[name].flag.split(' ')[0] ?? name,
      ),
    ],
    [
      'environment',
      layer(
        (name) => app.env[SETTINGS[name].variable] || undefined,
        (name) => SETTINGS[name].variable,
      ),
    ],
    ['file', checkShape(SettingsFile, file, SETTINGS_FILE, 'bad-setting')],
  ]
  const settle = <Name extends SettingName>(name: Name): Setting<Values[Name]> => {
    for (const [origin, values] of layers) {
      const value = values[name]
      if (value !== undefined) return { value: value as Values[Name], origin }
    }
    return { value: DEFAULTS[name], origin: 'default' }
  }
  return {
    db: settle('db'),
    prices: settle('prices'),
    githubApi: settle('githubApi'),
    cache: settle('cache'),
    models: settle('models'),
    bundle: settle('bundle'),
    agent: settle('agent'),
    calibration: settle('calibration'),
    openaiUrl: settle('openaiUrl'),
    anthropicUrl: settle('anthropicUrl'),
    geminiUrl: settle('geminiUrl'),
    format: settle('format'),
  }
}

/** One source of values, each checked on its own so that the failure names where it was set. */
function layer(given: (name: SettingName) => unknown, nameOf: (name: SettingName) => string): Layer {
  const values: Record<string, unknown> = {}
  for (const name of Object.keys(SETTINGS) as SettingName[]) {
    const value = given(name)
    if (value === undefined) continue
    const checked = SettingsFile.shape[name].safeParse(value)
    if (!checked.success) {
      const wrong = checked.error.issues[0]?.message ?? 'not valid'
      throw new KnownError('bad-setting', `${nameOf(name)} is ${JSON.stringify(value)}: ${wrong}`)
    }
    values[name] = checked.data
  }
  return values
}
