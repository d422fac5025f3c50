import { z } from 'zod'

/** What is wrong with a value is said as what to put there: each message below follows an arrow. */
const NAME = 'give letters, digits, dots, dashes and underscores, such as "mini-swe-agent"'
const WORDS = 'give a list of words, such as [mini, -t, "{issue}"]; no shell takes them apart'
const TEXT = 'give a text'
const FOLDER = 'give an absolute path, such as /home/me/.local/share/uv/tools, which is not one of the system'

const Text = z.string(TEXT).max(100_000, 'give at most 100000 characters')
const Word = Text.min(1, 'give a text that is not empty')
const Words = z.array(Word, WORDS).min(1, WORDS).max(1000, 'give at most 1000 words')

/** The shape of an agent: how it is started, and where it leaves what it did. */
export const AgentFile = z.strictObject(
  {
    $schema: z.string('give an address').optional(),
    schema: z.literal('agent/1', 'give "agent/1"'),
    name: z
      .string(NAME)
      .regex(/^\w[\w.-]{0,199}$/, NAME)
      .meta({ description: 'what plans and reports call it' }),
    version: Words.optional().meta({ description: 'the command that prints its version' }),
    command: Words.meta({
      description:
        'the command that starts it, word by word: {issue} is what it is told, {issue_file} a file with that, {workspace} ' +
        'the repository, where it is started, {home} an empty folder of its own, {model} the model, {provider} openai, ' +
        'anthropic or gemini, {key} the key of the run',
    }),
    env: z
      .record(
        z.string().regex(/^[A-Za-z_]\w*$/, 'give the name of a variable'),
        Text,
        'give variables as {NAME: value}',
      )
      .optional()
      .meta({
        description: 'beside PATH, HOME and where its provider is; with the same words in braces',
      }),
    files: z
      .array(
        z.strictObject(
          {
            path: Word.meta({ description: 'where it is put, such as {home}/config.toml' }),
            content: Text,
          },
          'give an object such as {path: "{home}/config.toml", content: …}',
        ),
        'give a list of files',
      )
      .max(100, 'give at most 100 files')
      .optional()
      .meta({ description: 'put in place before it is started; with the same words in braces' }),
    mounts: z
      .array(
        z
          .string(FOLDER)
          .regex(/^\/(?!$|(usr|proc|sys|dev|workspace)(\/|$))(?!.*\/\.\.?(\/|$))[^\0]+$/, FOLDER),
        'give a list of folders',
      )
      .max(100, 'give at most 100 folders')
      .optional()
      .meta({
        description:
          'folders of this machine that it can read at the same path, beside /usr: where it is installed',
      }),
    transcript: z
      .strictObject(
        {
          file: Word.optional().meta({ description: 'a path or a pattern of paths, such as {home}/*.jsonl' }),
          stdout: z.literal(true, 'give true, or take it out').optional().meta({
            description: 'it is what the command prints',
          }),
        },
        'give {file: …} or {stdout: true}',
      )
      .optional()
      .meta({ description: 'where it tells what it did; its format is recognised' }),
  },
  'give an object with schema, name and command',
)
export type AgentFile = z.infer<typeof AgentFile>

/** The JSON Schema of an agent, for editors. */
export const agentSchema = (): object => ({
  ...z.toJSONSchema(AgentFile, { io: 'input' }),
  title: 'Foretoken agent',
})
