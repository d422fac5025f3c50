import { claudeCodeCalls } from '../usage/claude-code.ts'
import { claudeSession } from './claude-session.ts'
import type { Format, Found, Source } from './format.ts'
import { headDocuments, isMembers } from './json-head.ts'
import { placed, unreadable } from './malformed.ts'
import { foundRun } from './one-document.ts'
import { readJsonPieces } from './read-json.ts'
import { lineOf, readJsonLines } from './read-json-lines.ts'

/**
 * Sessions of Claude Code, `~/.claude/projects/**\/*.jsonl`: one run of each session that a file tells of. A session may
 * be told in several files: sub-agents have files of their own under the id of their session, and a session that is
 * resumed or forked copies the one before. All of them tell calls by the ids of their replies.
 * https://github.com/nocoo/pew/pull/21
 * https://github.com/antropos17/Aegis/pull/167
 */
export const claudeCode: Format = {
  name: 'claude-code-session',
  version: 1,
  // The same session may be told by what `claude -p` printed as well.
  identity: 'claude-code',
  what: 'Claude Code, a session in ~/.claude/projects',
  detect: ({ head }) => {
    const documents = headDocuments(head).filter(isMembers)
    if (documents.some((line) => isLine(line) || isSummary(line))) return 2
    return documents.some(({ loglines }) => Array.isArray(loglines)) ? 2 : 0
  },
  read: readSessions,
}

const isLine = (line: Readonly<Record<string, unknown>>): boolean =>
  typeof line.sessionId === 'string' &&
  ['message', 'uuid', 'parentUuid', 'isSidechain', 'requestId', 'operation'].some((name) => name in line)

const isSummary = ({ type, leafUuid, messageId, snapshot }: Readonly<Record<string, unknown>>): boolean =>
  (type === 'summary' && leafUuid !== undefined) ||
  (type === 'file-history-snapshot' && messageId !== undefined && snapshot !== undefined)

async function* readSessions(source: Source, signal: AbortSignal): AsyncGenerator<Found> {
  const session = claudeSession(source.name)
  for await (const line of linesOf(source, signal)) {
    if ('kind' in line) {
      // It may have told a call.
      session.miss()
      yield line
      continue
    }
    try {
      session.add({ value: line.value, calls: claudeCodeCalls(line.value) })
    } catch (error) {
      session.miss()
      yield unreadable(placed(line.where, error), line.number)
    }
  }
  const runs = session.runs()
  for (const run of runs) yield foundRun(run)
  if (runs.length === 0) yield { kind: 'nothing', reason: 'it has no reply of a model' }
}

interface Place {
  readonly value: unknown
  readonly where: string
  readonly number: number | null
}

/** The lines of a session: of JSON Lines, or of the list in an exported document. */
async function* linesOf(source: Source, signal: AbortSignal): AsyncGenerator<Place | Found> {
  if (!headDocuments(source.head).some((top) => isMembers(top) && 'loglines' in top)) {
    for await (const { number, value, error } of readJsonLines(source, signal)) {
      if (error !== null) yield { kind: 'unreadable', error, line: number }
      else yield { value, where: lineOf(source.name, number), number }
    }
    return
  }
  const picking = { wanted: { loglines: { '*': LINE } }, each: ['loglines', '*'] }
  for await (const { path, value } of readJsonPieces(source, picking, signal)) {
    yield { value, where: `${source.name}, /${path.join('/')}`, number: null }
  }
}

const LINE = {
  type: true,
  uuid: true,
  requestId: true,
  sessionId: true,
  timestamp: true,
  version: true,
  costUSD: true,
  isApiErrorMessage: true,
  message: { role: true, id: true, model: true, stop_reason: true, usage: true, content: true },
} as const
