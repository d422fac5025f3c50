import { z } from 'zod'
import { RESOURCES, TIME_LIMITS } from './task.ts'

/** What is wrong with a value is said as what to put there: each message below follows an arrow. */
const PATH = 'give a path relative to this file'
const COMMAND = 'give a command for bash, such as "node --test"'
const SECONDS = 'give seconds from 1 to 86400'
const CPUS = 'give a number of CPUs above 0, such as 0.5'
const MEMORY = 'give a whole number of MiB from 16 to 1048576'
const NAME = 'give letters, digits, dots, dashes and underscores, such as "lost-rows"'
const BOTH = 'give an object such as {floor: 1, ceiling: 2}'

const Path = z.string(PATH).min(1, PATH).max(4096, PATH)
const Command = z.string(COMMAND).trim().min(1, COMMAND).max(10_000, 'give at most 10000 characters')
const Seconds = z.number(SECONDS).min(1, SECONDS).max(86_400, SECONDS)
const Cpus = z.number(CPUS).positive(CPUS).max(1024, CPUS)
const Mib = z.number(MEMORY).int(MEMORY).min(16, MEMORY).max(1_048_576, MEMORY)
const told = (schema: z.ZodType<number>) =>
  z.strictObject(
    {
      floor: schema.meta({ description: 'guaranteed' }),
      ceiling: schema.meta({ description: 'never exceeded' }),
    },
    BOTH,
  )

const RepositoryOfTask = z.strictObject(
  {
    files: Path.optional().meta({ description: 'a folder of plain files, of which one commit is made' }),
    path: Path.optional().meta({ description: 'a git repository on this machine, relative to this file' }),
    url: z.string('give an address').min(1, 'give an address').optional().meta({
      description: 'a git repository elsewhere, fetched with your own access',
    }),
    bundle: Path.optional().meta({ description: 'a file of git bundle' }),
    image: z
      .string('give a path in the image')
      .startsWith('/', 'give a path in the image, from /')
      .optional()
      .meta({ description: 'a folder of the image, with a git repository' }),
    commit: z.string('give a commit').min(1, 'give a commit').max(200, 'give a commit').optional().meta({
      description: 'where the agent begins; it sees nothing that came later',
    }),
    patch: Path.optional().meta({
      description: 'changes on top of the commit, as of git diff: the agent sees them as a commit',
    }),
  },
  'give an object such as {files: repository}',
)

const CheckOfTask = z.strictObject(
  {
    command: Command.meta({ description: 'for bash, in the workspace; exit 0 = resolved' }),
    files: Path.optional().meta({
      description: 'a folder that the agent never sees, laid into a fresh workspace before the check',
    }),
    to: z
      .string(PATH)
      .regex(/^(?!\/)(?!.*(^|\/)\.\.?(\/|$))(?!\.git(\/|$))[^\0]+$/, 'give a path inside of the workspace')
      .optional()
      .meta({ description: 'where in the workspace; replaces what is there', default: 'check' }),
  },
  'give an object such as {command: node check/check.mjs, files: check}',
)

/** The shape of a task: `task.yaml` in a folder of its own. */
export const TaskFile = z.strictObject(
  {
    $schema: z.string('give an address').optional(),
    schema: z.literal('task/1', 'give "task/1"'),
    name: z
      .string(NAME)
      .regex(/^[\w][\w.-]{0,199}$/, NAME)
      .optional()
      .meta({ description: 'what the task is called; the name of its folder when left out' }),
    issue: Path.optional().meta({ description: 'what the agent is told: Markdown', default: 'issue.md' }),
    repository: RepositoryOfTask.meta({ description: 'where the agent begins' }),
    image: z.string('give an image').min(1, 'give an image').optional().meta({
      description: 'a container image to run in; the programs of the machine when left out',
    }),
    setup: Command.optional().meta({
      description: 'for bash, in the workspace, before the agent and before the check',
    }),
    check: CheckOfTask.meta({ description: 'what tells resolved from failed' }),
    resources: z
      .strictObject(
        { cpus: told(Cpus).optional(), memoryMib: told(Mib).optional() },
        'give cpus or memoryMib',
      )
      .optional()
      .meta({ description: 'what the run is guaranteed, and what it never exceeds', default: RESOURCES }),
    timeLimits: z
      .strictObject(
        {
          setupSeconds: Seconds.optional(),
          agentSeconds: Seconds.optional(),
          checkSeconds: Seconds.optional(),
        },
        'give an object such as {agentSeconds: 1800}',
      )
      .optional()
      .meta({ description: 'wall time', default: TIME_LIMITS }),
  },
  'give an object with schema, repository and check',
)
export type TaskFile = z.infer<typeof TaskFile>

/** The JSON Schema of a task, for editors. */
export const taskSchema = (): object => ({
  ...z.toJSONSchema(TaskFile, { io: 'input' }),
  title: 'Foretoken task',
})
