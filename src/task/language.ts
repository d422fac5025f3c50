/** How definitions are found in a language. */
export type Family = 'indent' | 'brace' | 'end' | 'prose'

export interface Language {
  readonly name: string
  readonly family: Family
}

const FAMILIES: Readonly<Record<Exclude<Family, 'prose'>, Readonly<Record<string, string>>>> = {
  indent: { Python: 'py pyi pyx pxd' },
  brace: {
    JavaScript: 'js jsx mjs cjs',
    TypeScript: 'ts tsx mts cts',
    Java: 'java',
    Kotlin: 'kt kts',
    Scala: 'scala',
    C: 'c h',
    'C++': 'cc cpp cxx hpp hh hxx',
    'C#': 'cs',
    Go: 'go',
    Rust: 'rs',
    Swift: 'swift',
    PHP: 'php',
    Dart: 'dart',
    Vue: 'vue',
    Svelte: 'svelte',
    Shell: 'sh bash zsh',
    Perl: 'pl pm',
    R: 'r',
    Zig: 'zig',
  },
  end: { Ruby: 'rb rake', Elixir: 'ex exs', Lua: 'lua', Julia: 'jl' },
}

const BY_EXTENSION = new Map<string, Language>(
  Object.entries(FAMILIES).flatMap(([family, languages]) =>
    Object.entries(languages).flatMap(([name, extensions]) =>
      extensions
        .split(' ')
        .map((extension): [string, Language] => [extension, { name, family: family as Family }]),
    ),
  ),
)

const DOCUMENTATION = /\.(md|rst|txt|adoc)$/i
const TEST_FOLDER = /(^|\/)(tests?|testing|__tests__|specs?|testdata)\//i
const TEST_FILE = /(^|\/)(test_[^/]*|conftest\.py|[^/]*(_test|_spec|\.test|\.spec|Tests?|IT)\.\w+)$/
const VENDORED =
  /(^|\/)(node_modules|vendor|third_party|extern|externals|_vendor|dist|build)\/|\.min\.(js|css)$/

/** The programming language of a path by its extension; undefined for anything else. */
export function languageOf(path: string): Language | undefined {
  const dot = path.lastIndexOf('.')
  return dot < 0 ? undefined : BY_EXTENSION.get(path.slice(dot + 1).toLowerCase())
}

export const isDocumentation = (path: string): boolean => DOCUMENTATION.test(path)

/** Whether a path is a test by the conventions of the common languages. */
export const isTest = (path: string): boolean => TEST_FOLDER.test(path) || TEST_FILE.test(path)

/** Whether a path holds code the project did not write. */
export const isVendored = (path: string): boolean => VENDORED.test(path)
