import { pathsIn } from './named-paths.ts'

/** The part of an issue that features may see: what stood there before any work began. */
export interface IssueText {
  readonly title: string
  readonly body: string
}

/** An issue taken apart once; every text extractor reads from this. */
export interface IssueParts {
  readonly title: string
  readonly body: string
  readonly lines: readonly string[]
  /** Lines that a person wrote as sentences. */
  readonly prose: readonly string[]
  /** Lines of code, shell sessions and output, fenced or not. */
  readonly code: readonly string[]
  readonly fences: number
  /** Distinct names that look like code: `snake_case`, `CamelCase`, `a.b.c`, `call()`, text in back-ticks. */
  readonly identifiers: readonly string[]
  /** The same, from sentences and title only. */
  readonly proseIdentifiers: readonly string[]
  /** Distinct file paths, from sentences, code and stack traces. */
  readonly paths: readonly string[]
  /** Files of stack frames, outermost first. */
  readonly frames: readonly string[]
  /** Names of errors and warnings, distinct. */
  readonly errors: readonly string[]
}

const FENCE = /^\s*(```|~~~)/
const CODE_START =
  /^\s*(>>>|\.\.\. |\$ |In ?\[|Out ?\[|def |class |import |from [\w.]+ import|return\b|print\(|assert\b|raise |try:|except\b|@\w+|elif |else:|File "|Traceback |#include|public |private |const |let |var |function |func |fn |package |using )/
const CODE_END = /[:{};]$|\)$/
const SYMBOLS = /[=(){}[\]<>;_\\|&*+@#$%^~/]/g
const IDENTIFIER =
  /\b(?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*\b|\b[A-Za-z_]\w*\(|\b[A-Za-z]+_\w+\b|\b__?\w+\b|\b[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]*)+\b|\b[a-z]+[A-Z]\w*\b/g
const TICKED = /`([^`\n]{1,120})`/g
const FRAME = /File "([^"\n]{1,300})", line \d+|\bat [\w.$]+\(([\w.]+):\d+\)|^\s*([\w./-]+\.\w+):\d+(?::| )/
const ERROR = /\b[A-Z]\w*(?:Error|Exception|Warning|Fault)\b/g

/** Lines beyond this length are cut for the line-wise patterns; nobody writes them by hand. */
export const MAX_LINE = 2000

/** Takes an issue apart; linear in its length. */
export function takeApart(issue: IssueText): IssueParts {
  const body = withoutComments(issue.body)
  const lines = body.split('\n')
  const { prose, code, fences } = separate(lines)
  const everything = [issue.title, ...lines]
  const proseText = [issue.title, ...prose]
  const named = new Map<string, readonly string[]>()
  return {
    title: issue.title,
    body,
    lines,
    prose,
    code,
    fences,
    identifiers: distinct(everything, named),
    proseIdentifiers: distinct(proseText, named),
    paths: [...new Set(everything.flatMap((line) => pathsIn(line.slice(0, MAX_LINE))))],
    frames: everything.flatMap(frameFile),
    errors: [...new Set(everything.flatMap((line) => line.slice(0, MAX_LINE).match(ERROR) ?? []))],
  }
}

/** Drops `<!-- … -->`: issue templates, not the reporter's words. */
function withoutComments(body: string): string {
  let text = ''
  let at = 0
  for (;;) {
    const start = body.indexOf('<!--', at)
    const end = start < 0 ? -1 : body.indexOf('-->', start)
    if (end < 0) return text + body.slice(at)
    text += body.slice(at, start)
    at = end + 3
  }
}

function separate(lines: readonly string[]) {
  const prose: string[] = []
  const code: string[] = []
  let fences = 0
  let inside = false
  for (const whole of lines) {
    const line = whole.slice(0, MAX_LINE)
    if (FENCE.test(line)) {
      if (!inside) fences++
      inside = !inside
    } else if (line.trim() !== '') {
      if (inside || looksLikeCode(line)) code.push(line)
      else prose.push(line)
    }
  }
  return { prose, code, fences }
}

/** Many trackers hold code without marking it: judged by how a line begins, ends, and its share of symbols. */
function looksLikeCode(line: string): boolean {
  if (CODE_START.test(line)) return true
  const symbols = line.match(SYMBOLS)?.length ?? 0
  const words = line.split(' ').length
  if (/^( {4}|\t)/.test(line) && symbols > 0) return true
  return symbols / line.length > 0.12 || (CODE_END.test(line) && symbols >= 2 && words < 8)
}

/** Sentences are lines too: each line is read once. */
function distinct(lines: readonly string[], read: Map<string, readonly string[]>): readonly string[] {
  const found = new Set<string>()
  for (const whole of lines) {
    const line = whole.slice(0, MAX_LINE)
    let names = read.get(line)
    if (names === undefined) {
      names = identifiersIn(line)
      read.set(line, names)
    }
    for (const name of names) found.add(name)
  }
  found.delete('')
  return [...found]
}

function identifiersIn(line: string): readonly string[] {
  const found: string[] = []
  if (line.includes('`'))
    for (const [, ticked = ''] of line.matchAll(TICKED))
      if (/^[\w.()]+$/.test(ticked)) found.push(bare(ticked))
  for (const name of line.match(IDENTIFIER) ?? []) found.push(bare(name))
  return found
}

const bare = (name: string): string => name.replace(/[().]+$/, '').replace(/^\.+/, '')

function frameFile(line: string): readonly string[] {
  const match = FRAME.exec(line.slice(0, MAX_LINE))
  const file = match?.[1] ?? match?.[2] ?? match?.[3]
  return file === undefined ? [] : [file]
}
