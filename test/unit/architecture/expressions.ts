import { globSync } from 'node:fs'
import { type Node, SyntaxKind } from 'typescript/unstable/ast'
import { API } from 'typescript/unstable/sync'
import { ROOT } from './sources.ts'

/** A regular expression as it stands in a source. */
export interface Expression {
  /** Of its file. */
  readonly path: string
  readonly source: string
  readonly flags: string
}

/** Every literal of `src`. */
export function readExpressions(): readonly Expression[] {
  const api = new API({ cwd: ROOT })
  try {
    const project = api.updateSnapshot({ openProject: `${ROOT}tsconfig.json` }).getProjects()[0]
    const found: Expression[] = []
    for (const path of globSync('src/**/*.ts', { cwd: ROOT }).sort()) {
      const visit = (node: Node): void => {
        if (node.kind === SyntaxKind.RegularExpressionLiteral)
          found.push({ path, ...partsOf(node.getText()) })
        node.forEachChild(visit)
      }
      const file = project?.program.getSourceFile(ROOT + path)
      if (file !== undefined) visit(file)
    }
    return found
  } finally {
    api.close()
  }
}

function partsOf(literal: string): { readonly source: string; readonly flags: string } {
  const end = literal.lastIndexOf('/')
  return { source: literal.slice(1, end), flags: literal.slice(end + 1) }
}
