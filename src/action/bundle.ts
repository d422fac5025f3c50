import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Metafile, type Plugin } from 'esbuild'
import { version } from '../cli/version.ts'
import { genaiPricesVersion } from '../pricing/read-genai-prices-version.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** Where the bundle that is committed stands. */
export const BUNDLE_FOLDER = join(ROOT, '.github/actions/gate/dist')

/** Puts the action and everything it needs into a folder: same sources, same bytes. */
export async function writeBundle(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/action/main.ts'],
    outfile: join(folder, 'main.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'], // the other form of jsonc-parser loads its parts by names that no bundler can know
    charset: 'utf8',
    legalComments: 'eof',
    metafile: true,
    logLevel: 'warning',
    banner: { js: BANNER },
    plugins: [standIns],
  })
  await copyFile(join(ROOT, WASM), join(folder, 'tiktoken_bg.wasm'))
  writeFileSync(join(folder, 'licenses.txt'), licences(metafile))
}

/** What packages in the older module format expect to find, and a word to the reader. */
const BANNER = `// Made by \`npm run action:build\`: change the sources in src/, not this file.
import { createRequire } from 'node:module'
const require = createRequire(import.meta.url)
const __dirname = import.meta.dirname
`

/** Read from its own folder when tokens are first counted. */
const WASM = 'node_modules/tiktoken/lite/tiktoken_bg.wasm'

/** Modules that a bundle cannot have as they are: they look for files beside packages, or need native code. */
const standIns: Plugin = {
  name: 'stand-ins',
  setup({ onLoad }) {
    const constant = (name: string, value: string) => () => ({
      contents: `export const ${name} = () => ${JSON.stringify(value)}\n`,
    })
    onLoad({ filter: /[\\/]cli[\\/]version\.ts$/ }, constant('version', version()))
    onLoad(
      { filter: /[\\/]read-genai-prices-version\.ts$/ },
      constant('genaiPricesVersion', genaiPricesVersion()),
    )
    // A runner has no store, and no native module to read one.
    onLoad({ filter: /[\\/]cli[\\/]calibrate\.ts$/ }, () => ({
      contents: 'export const calibrateFrom = () => async () => ({})\n',
    }))
    onLoad({ filter: /[\\/]kept-outlines\.ts$/ }, () => ({
      contents: readFileSync(join(ROOT, 'src/action/nothing-kept.ts'), 'utf8'),
      loader: 'ts',
      resolveDir: join(ROOT, 'src/action'),
    }))
  },
}

/** The licence of every package of which something is in the bundle. */
function licences({ outputs }: Metafile): string {
  const used = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  )
  const names = [...used, WASM].flatMap((path) => PACKAGE.exec(path)?.[1] ?? [])
  return [...new Set(names)]
    .sort()
    .map((name) => {
      const folder = join(ROOT, 'node_modules', name)
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
      const file = readdirSync(folder).find((entry) => /^licen[cs]e(\.|$)/i.test(entry))
      const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
      return `${name} ${manifest.version} (${manifest.license})\n${sourceOf(manifest)}\n${text}`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}

/** Where a package that comes without the text of its licence can be asked for it. */
const sourceOf = ({ repository }: Manifest): string =>
  typeof repository === 'string' ? repository : (repository?.url ?? '')

interface Manifest {
  readonly version: string
  readonly license: string
  readonly repository?: string | { readonly url: string }
}

const PACKAGE = /node_modules\/((?:@[^/]+\/)?[^/]+)\//
