import { KnownError } from '../../errors.ts'
import type { Provider } from '../../gateway/endpoint.ts'
import { clientCommand, clientEnvironment } from '../../gateway/runs/client-environment.ts'
import type { Agent, Transcript } from './agent.ts'
import { fill, type Placeholder } from './placeholders.ts'

/** One run of an agent, as it is about to be started. */
export interface AgentRun {
  /** Markdown. */
  readonly issue: string
  /** A file that holds it. */
  readonly issueFile: string
  /** The repository; paths are those in the sandbox. */
  readonly workspace: string
  /** An empty folder in which it may write what it likes. */
  readonly home: string
  readonly model: string
  readonly provider: Provider
  /** Of the gateway, for this run. */
  readonly baseUrl: string
  readonly key: string
  /** Whose keys the gateway has. */
  readonly keyed: ReadonlySet<Provider>
}

/** What the sandbox is to start, in the workspace. */
export interface AgentStart {
  readonly command: readonly string[]
  /** Beside PATH. */
  readonly env: Readonly<Record<string, string>>
  readonly files: readonly { readonly path: string; readonly content: string }[]
  readonly transcript: Transcript | null
}

/**
 * How an agent is started for a run: every name in braces in place, its provider's address that of the gateway.
 * @throws KnownError issue-too-large where a word of its command is longer than the system allows
 */
export function agentStart(agent: Agent, run: AgentRun): AgentStart {
  const values: Readonly<Record<Placeholder, string>> = {
    issue: run.issue,
    issue_file: run.issueFile,
    workspace: run.workspace,
    home: run.home,
    model: run.model,
    provider: run.provider,
    key: run.key,
  }
  const filled = (text: string): string => fill(text, values)
  const address = { baseUrl: run.baseUrl, key: run.key }
  const words = agent.command.map((word) => notAnOption(word, filled(word)))
  if (words.some((word) => Buffer.byteLength(word) > MOST_BYTES_OF_A_WORD))
    throw new KnownError('issue-too-large', `it does not fit into the command line of ${agent.name}`, {
      fix: 'name {issue_file} there in place of {issue}, or cut the issue',
    })
  const own = Object.entries(agent.env).map(([name, value]) => [name, filled(value)])
  return {
    command: clientCommand(words, address),
    env: { HOME: run.home, ...clientEnvironment(address, run.keyed), ...Object.fromEntries(own) },
    files: agent.files.map(({ path, content }) => ({ path: filled(path), content: filled(content) })),
    transcript:
      agent.transcript?.kind === 'file'
        ? { kind: 'file', path: filled(agent.transcript.path) }
        : agent.transcript,
  }
}

/** Linux takes 32 pages, with the zero at the end (MAX_ARG_STRLEN). */
const MOST_BYTES_OF_A_WORD = 32 * 4096 - 1

/** An issue that begins with a dash, as lists do, would be taken for an option. */
const notAnOption = (word: string, filled: string): string =>
  word === '{issue}' && filled.startsWith('-') ? `\n${filled}` : filled

/** Who makes a model, by its name: the rest speak OpenAI's protocol. */
export function providerOf(model: string): Provider {
  if (/^(anthropic\/)?claude/i.test(model)) return 'anthropic'
  return /^(gemini\/)?gemini/i.test(model) ? 'gemini' : 'openai'
}
