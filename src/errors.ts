import { type ErrorEntry, SERVICE_ERRORS } from './service-errors.ts'

/** Exit codes of every command; a contract (see README, "Exit codes"). */
export const EXIT = {
  ok: 0,
  overBudget: 1,
  badInput: 2,
  undecided: 3,
  provider: 4,
  bug: 70,
  interrupted: 130,
} as const

/** Every expected failure. CLI text, problem documents and the docs page are rendered from it. */
export const ERRORS = {
  usage: { status: 400, exit: 2, title: 'Wrong use of the command', fix: 'see `foretoken <command> --help`' },
  'bad-setting': {
    status: 400,
    exit: 2,
    title: 'Bad setting',
    fix: 'correct the flag, the environment variable or foretoken.json',
  },
  'file-not-found': { status: 404, exit: 2, title: 'No such file', fix: 'check the path' },
  'file-unreadable': {
    status: 400,
    exit: 2,
    title: 'File cannot be read',
    fix: 'check its type and permissions',
  },
  'file-not-written': {
    status: 500,
    exit: 2,
    title: 'File cannot be written',
    fix: 'check the folder, its permissions and the free space',
  },
  'issue-empty': { status: 400, exit: 2, title: 'The issue is empty', fix: 'give it a title or a body' },
  'issue-too-large': {
    status: 413,
    exit: 2,
    title: 'The issue is too large',
    fix: 'cut logs and attachments down to the part that matters',
  },
  'issue-not-text': {
    status: 400,
    exit: 2,
    title: 'The issue is not UTF-8 text',
    fix: 'save it as UTF-8 text, Markdown or JSON',
  },
  'issue-malformed': {
    status: 400,
    exit: 2,
    title: 'The issue cannot be parsed',
    fix: 'give Markdown, or JSON with "title" and "body"',
  },
  'issue-reference': {
    status: 400,
    exit: 2,
    title: 'Not an issue reference',
    fix: 'give a file, "-", https://github.com/owner/repo/issues/1 or owner/repo#1',
  },
  'github-not-found': {
    status: 404,
    exit: 2,
    title: 'GitHub has no such issue',
    fix: 'check the number; for a private repository set GITHUB_TOKEN',
  },
  'github-denied': {
    status: 403,
    exit: 4,
    title: 'GitHub refused the request',
    fix: 'set GITHUB_TOKEN, or wait until the limit resets',
  },
  'github-failed': {
    status: 502,
    exit: 4,
    title: 'GitHub did not answer',
    fix: 'try again, or save the issue to a file and pass that',
  },
  'repository-not-found': {
    status: 404,
    exit: 2,
    title: 'No such folder',
    fix: 'check the path given with --repo',
  },
  'not-a-repository': {
    status: 400,
    exit: 2,
    title: 'Not a git repository',
    fix: 'pass a work tree or a bare repository',
  },
  'repository-empty': {
    status: 400,
    exit: 2,
    title: 'The repository has no commit',
    fix: 'commit something, or leave --repo out',
  },
  'commit-not-found': {
    status: 404,
    exit: 2,
    title: 'No such commit',
    fix: 'fetch it, or pass one that `git log` shows',
  },
  'git-failed': { status: 500, exit: 2, title: 'git failed', fix: 'run the git command shown by hand' },
  'git-missing': {
    status: 500,
    exit: 2,
    title: 'git is not installed',
    fix: 'install git 2.25 or newer, or leave --repo out',
  },
  'batch-line': {
    status: 400,
    exit: 2,
    title: 'Bad line in the batch',
    fix: 'correct that line; the others were answered',
  },
  'bundle-not-found': {
    status: 404,
    exit: 2,
    title: 'No such model bundle',
    fix: 'see `foretoken models list`',
  },
  'bundle-corrupt': {
    status: 500,
    exit: 2,
    title: 'The model bundle is damaged or not ours',
    fix: 'reinstall, or make it again with `foretoken train`',
  },
  'in-force-malformed': {
    status: 500,
    exit: 2,
    title: 'It cannot be told which bundle is in force',
    fix: 'put one in force with `foretoken models promote ID`; see `foretoken models list`',
  },
  'in-force-changed': {
    status: 409,
    exit: 2,
    title: 'Another bundle is in force meanwhile',
    fix: 'see `foretoken models list`, and try again',
  },
  'no-bundle-before': {
    status: 409,
    exit: 2,
    title: 'There is no bundle to go back to',
    fix: 'choose one with `foretoken models promote ID`; see `foretoken models list`',
  },
  'prices-malformed': {
    status: 400,
    exit: 2,
    title: 'The price file cannot be used',
    fix: 'see the README, "Prices"',
  },
  'price-unknown': {
    status: 422,
    exit: 3,
    title: 'A budget in dollars cannot be kept',
    fix: 'give the price with --prices FILE, or limit tokens in place of dollars',
  },
  'no-gateway': {
    status: 404,
    exit: 2,
    title: 'No gateway runs here',
    fix: 'start one with `foretoken gateway`, or name its address',
  },
  'command-not-started': {
    status: 400,
    exit: 2,
    title: 'The command cannot be started',
    fix: 'check its name and your PATH',
  },
  'budget-malformed': {
    status: 400,
    exit: 2,
    title: 'The budget cannot be used',
    fix: 'correct what is listed, or start anew with `foretoken gate init`',
  },
  'baseline-malformed': {
    status: 400,
    exit: 2,
    title: 'The baseline cannot be used',
    fix: 'make it with `foretoken gate --format json`, or name a commit',
  },
  'map-malformed': {
    status: 400,
    exit: 2,
    title: 'The map cannot be used',
    fix: 'see the README, "What runs really spent", and data/schemas/map-1.schema.json',
  },
  'plan-malformed': {
    status: 400,
    exit: 2,
    title: 'The plan cannot be used',
    fix: 'correct what is listed; see data/examples/plan.yaml and data/schemas/plan-1.schema.json',
  },
  'plan-busy': {
    status: 409,
    exit: 2,
    title: 'The plan is being run',
    fix: 'wait until it has ended, or end that process first',
  },
  'nothing-to-resume': {
    status: 404,
    exit: 2,
    title: 'There is nothing to resume',
    fix: 'start it without --resume',
  },
  'sandbox-missing': {
    status: 503,
    exit: 4,
    title: 'No sandbox can be made here',
    fix: 'see what is missing, or choose another back end with --backend',
  },
  'cluster-failed': {
    status: 502,
    exit: 4,
    title: 'The cluster did not do it to the end',
    fix: 'see what is said of it, and run it again',
  },
  'task-malformed': {
    status: 400,
    exit: 2,
    title: 'The task cannot be used',
    fix: 'correct what is listed; see data/tasks and data/schemas/task-1.schema.json',
  },
  'agent-malformed': {
    status: 400,
    exit: 2,
    title: 'The agent cannot be used',
    fix: 'correct what is listed; see data/agents and data/schemas/agent-1.schema.json',
  },
  'cassette-malformed': {
    status: 400,
    exit: 2,
    title: 'The cassette cannot be replayed',
    fix: 'correct the line named, or record it anew; see data/schemas/cassette-1.schema.json',
  },
  'store-not-found': {
    status: 404,
    exit: 2,
    title: 'There is no store',
    fix: 'make one with `foretoken import`, or name another with --db',
  },
  'run-not-found': {
    status: 404,
    exit: 2,
    title: 'No such run',
    fix: 'see `foretoken runs list`',
  },
  'store-foreign': {
    status: 500,
    exit: 2,
    title: 'The store cannot be used',
    fix: 'name another file with --db, restore a backup, or use the newest version',
  },
  'store-failed': {
    status: 500,
    exit: 2,
    title: 'The store cannot be read or written',
    fix: 'check the file, its folder and the free space',
  },
  'data-malformed': {
    status: 400,
    exit: 2,
    title: 'The data cannot be used',
    fix: 'make it again with `npm run data:build`',
  },
  'usage-malformed': {
    status: 400,
    exit: 2,
    title: 'The token counts cannot be used',
    fix: 'correct the source: counts are whole numbers from 0 to 9007199254740991',
  },
  'run-malformed': {
    status: 400,
    exit: 2,
    title: 'The trajectory cannot be read',
    fix: 'get the file anew from what wrote it; everything else was read',
  },
  ...SERVICE_ERRORS,
  'too-little-data': {
    status: 422,
    exit: 3,
    title: 'Too little data to learn from',
    fix: 'collect more runs, or use the shipped bundle',
  },
} as const satisfies Record<string, ErrorEntry>

/** The code of an expected failure: stable, for programs. */
export type ErrorCode = keyof typeof ERRORS

/** A mistake in a file that a person writes: where it is, what was found there, and what to write instead. */
export interface Problem {
  /** RFC 6901; empty = the whole document. */
  readonly pointer: string
  /** From 1. */
  readonly line: number
  readonly column: number
  readonly found: string
  readonly fix: string
}

/** An expected failure: `detail` names the value that was wrong. Anything else that is thrown is a bug. */
export class KnownError extends Error {
  readonly code: ErrorCode
  readonly detail: string
  /** The next step, when it is known better than the catalogue's. */
  readonly fix: string
  /** Every mistake in the file that is told of, where they are listed one by one. */
  readonly problems: readonly Problem[]

  constructor(
    code: ErrorCode,
    detail: string,
    options: { fix?: string; cause?: unknown; problems?: readonly Problem[] } = {},
  ) {
    super(`${ERRORS[code].title}: ${detail}`, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'KnownError'
    this.code = code
    this.detail = detail
    this.fix = options.fix ?? ERRORS[code].fix
    this.problems = options.problems ?? []
  }

  get exit(): number {
    return ERRORS[this.code].exit
  }

  get status(): number {
    return ERRORS[this.code].status
  }
}
