import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import {
  isCallExpression,
  isExportDeclaration,
  isFunctionLikeDeclaration,
  isImportDeclaration,
  isStringLiteral,
  type Node,
  SyntaxKind,
} from 'typescript/unstable/ast'
import { API } from 'typescript/unstable/sync'

/** The folder of the project, with a slash at its end. */
export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

/** A place in a file, for messages: `src/x.ts:12 name`. */
export interface Place {
  readonly at: string
  readonly lines: number
}

/** What the rules of the house look at in one file. */
export interface Source {
  /** Relative to the project, with slashes. */
  readonly path: string
  readonly text: string
  readonly lines: number
  /** Every module named in `import`, `export … from` and `import()`, types included. */
  readonly imports: readonly string[]
  readonly strings: ReadonlySet<string>
  /** Functions with a body in braces. */
  readonly functions: readonly Place[]
  /** Where `any` and `!` stand. */
  readonly escapes: readonly string[]
}

/** Every TypeScript file of `src` and `test`, read with the compiler's own parser. */
export function readSources(): readonly Source[] {
  const api = new API({ cwd: ROOT })
  try {
    const project = api.updateSnapshot({ openProject: `${ROOT}tsconfig.json` }).getProjects()[0]
    const paths = globSync('{src,test}/**/*.ts', { cwd: ROOT }).map((path) => path.replaceAll('\\', '/'))
    return paths.sort().flatMap((path) => {
      const file = project?.program.getSourceFile(ROOT + path)
      return file === undefined ? [] : [examine(path, file)]
    })
  } finally {
    api.close()
  }
}

function examine(path: string, file: Node): Source {
  const text = readFileSync(ROOT + path, 'utf8')
  const found = {
    imports: [] as string[],
    strings: new Set<string>(),
    functions: [] as Place[],
    escapes: [] as string[],
  }
  const lineOf = (offset: number) => text.slice(0, offset).split('\n').length
  const visit = (node: Node): void => {
    const imported = moduleName(node)
    if (imported !== null) found.imports.push(imported)
    if (isStringLiteral(node)) found.strings.add(node.text)
    if (node.kind === SyntaxKind.AnyKeyword || node.kind === SyntaxKind.NonNullExpression) {
      found.escapes.push(`${path}:${lineOf(node.end)}`)
    }
    if (isFunctionLikeDeclaration(node) && 'body' in node && node.body?.kind === SyntaxKind.Block) {
      const first = lineOf(node.end - node.getText().length)
      const name = 'name' in node && node.name ? node.name.getText() : ''
      found.functions.push({ at: `${path}:${first} ${name}`.trim(), lines: lineOf(node.end) - first + 1 })
    }
    node.forEachChild(visit)
  }
  visit(file)
  return { path, text, lines: text.split('\n').length - 1, ...found }
}

function moduleName(node: Node): string | null {
  if (isImportDeclaration(node) || isExportDeclaration(node)) {
    const { moduleSpecifier } = node
    return moduleSpecifier !== undefined && isStringLiteral(moduleSpecifier) ? moduleSpecifier.text : null
  }
  if (!isCallExpression(node) || node.expression.kind !== SyntaxKind.ImportKeyword) return null
  const argument = node.arguments[0]
  return argument !== undefined && isStringLiteral(argument) ? argument.text : null
}
