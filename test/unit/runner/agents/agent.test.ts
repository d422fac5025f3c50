import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { KnownError } from '../../../../src/errors.ts'
import { PROVIDERS } from '../../../../src/gateway/endpoint.ts'
import { parseAgent } from '../../../../src/runner/agents/agent.ts'
import { type AgentRun, agentStart, providerOf } from '../../../../src/runner/agents/agent-start.ts'
import { BUILTIN_PROGRAM, builtinAgent, NO_LIMITS } from '../../../../src/runner/agents/builtin.ts'
import { AGENTS_FOLDER, readAgent } from '../../../../src/runner/agents/read-agent.ts'
import { CLAUDE_CODE, CODEX, MINI_SWE_AGENT } from '../../../fixtures/gateway/clients.ts'
import { failsWith } from '../../../fixtures/known-failure.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'

const LEAST = 'schema: agent/1\nname: a\ncommand: [a, "{issue}"]\n'

const shipped = (name: string) =>
  parseAgent(readFileSync(join(AGENTS_FOLDER, `${name}.yaml`), 'utf8'), `${name}.yaml`)

const RUN: AgentRun = {
  issue: '# It breaks\n\n`{model}` and $(rm -r /)',
  issueFile: '/home/agent/issue.md',
  workspace: '/work',
  home: '/home/agent',
  model: 'gpt-5',
  provider: 'openai',
  baseUrl: 'http://127.0.0.1:4000/run/ftk_1',
  key: 'ftk_1',
  keyed: new Set(PROVIDERS),
}

/** `line:column pointer found → fix` of each mistake. */
function mistakesIn(text: string): readonly string[] {
  try {
    parseAgent(text, 'agent.yaml')
  } catch (error) {
    assert.ok(error instanceof KnownError)
    assert.equal(error.code, 'agent-malformed')
    return error.problems.map(
      ({ line, column, pointer, found, fix }) => `${line}:${column} ${pointer} ${found} → ${fix}`,
    )
  }
  return []
}

describe('an agent', () => {
  it('needs a name and a command that is told the issue', () => {
    assert.deepEqual(parseAgent(LEAST, 'x'), {
      name: 'a',
      version: null,
      command: ['a', '{issue}'],
      env: {},
      files: [],
      mounts: [],
      transcript: null,
    })
  })

  it('is refused with every mistake at once, each at its line and column', () => {
    const text = `schema: agent/2
name: a b
comand: x
command: [a, "{isue}", "{nothing}"]
env: {1A: x}
files: [{path: "{hom}/x", contents: ""}]
transcript: {}
`
    assert.deepEqual(mistakesIn(text), [
      '1:9 /schema "agent/2" → give "agent/1"',
      '2:7 /name "a b" → give letters, digits, dots, dashes and underscores, such as "mini-swe-agent"',
      '3:1 /comand there is no "comand" here → did you mean "command"?',
      '4:10 /command a command without the issue → put {issue} or {issue_file} into it',
      '4:14 /command/1 {isue} stands for nothing → did you mean {issue}?',
      '4:24 /command/2 {nothing} stands for nothing → choose from {issue}, {issue_file}, {workspace}, {home}, {model}, {provider}, {key}',
      '5:11 /env/1A "x" → give variables as {NAME: value}',
      '6:9 /files/0/content content is missing → give a text',
      '6:16 /files/0/path {hom} stands for nothing → did you mean {home}?',
      '6:27 /files/0/contents there is no "contents" here → did you mean "content"?',
      '7:13 /transcript a transcript nowhere → give file or stdout',
    ])
    assert.deepEqual(mistakesIn(`${LEAST}transcript: {file: a, stdout: true}\n`), [
      '4:31 /transcript/stdout file is there too → keep one of the two',
    ])
  })

  it('gets its issue as one word, as it is, and never as an option', () => {
    const { command } = agentStart(parseAgent(LEAST, 'x'), RUN)
    assert.deepEqual(command, ['a', RUN.issue])
    const listed = agentStart(parseAgent(LEAST, 'x'), { ...RUN, issue: '--version\n' })
    assert.deepEqual(listed.command, ['a', '\n--version\n'])
  })

  it('is not started with an issue that no command line holds', () => {
    const [most, more] = [131_071, 131_072].map((bytes) => ({ ...RUN, issue: 'x'.repeat(bytes) }))
    assert.ok(most !== undefined && more !== undefined)
    const command = agentStart(parseAgent(LEAST, 'x'), most).command
    assert.equal(spawnSync('true', command).error, undefined)
    assert.throws(
      () => agentStart(parseAgent(LEAST, 'x'), more),
      failsWith('issue-too-large', /command line of a$/),
    )
  })

  it('finds its provider at the gateway, with the key of its run', () => {
    const { env } = agentStart(
      parseAgent(`${LEAST}env: {LLM_API_KEY: "{key}", OPENAI_API_KEY: mine}\n`, 'x'),
      RUN,
    )
    assert.deepEqual(
      [env.LLM_API_KEY, env.OPENAI_API_KEY, env.OPENAI_BASE_URL, env.HOME],
      ['ftk_1', 'mine', `${RUN.baseUrl}/v1`, RUN.home],
    )
  })

  it('has a provider by the name of its model', () => {
    assert.deepEqual(['gpt-5', 'claude-sonnet-4-5', 'gemini-2.5-pro', 'kimi-k2'].map(providerOf), [
      'openai',
      'anthropic',
      'gemini',
      'openai',
    ])
  })

  it('that is built in takes the limits that it is given', () => {
    const limits = { ...NO_LIMITS, steps: 5, usd: 0.5, prices: { input: 1, output: 2 } }
    const { command, transcript } = agentStart(builtinAgent(limits, { program: '/opt/agent.js' }), RUN)
    assert.deepEqual(command, [
      ...['node', '/opt/agent.js', '--issue', RUN.issueFile, '--workspace', '/work'],
      ...['--results', '/home/agent/results', '--model', 'gpt-5', '--max-steps', '5', '--max-usd', '0.5'],
      ...['--input-usd-per-million', '1', '--output-usd-per-million', '2'],
    ])
    assert.deepEqual(transcript, { kind: 'file', path: '/home/agent/results/transcript.jsonl' })
  })
})

describe('the program of the built-in agent', () => {
  it('can be read in one sitting: 200 lines at most, Node and one package', () => {
    const text = readFileSync(BUILTIN_PROGRAM, 'utf8')
    assert.ok(text.split('\n').length - 1 <= 200)
    const imported = [...text.matchAll(/(?:from |import\()'([^']+)'/g)].map(([, name]) => name ?? '')
    assert.deepEqual([...new Set(imported.filter((one) => !one.startsWith('node:')))], ['openai'])
  })
})

describe('an agent by its name', () => {
  it('is the built-in one, one that is shipped, or a file', async () => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, 'mine.yaml'), LEAST)
    const names = ['builtin', 'codex', 'mine.yaml', './mine.yaml', join(cwd, 'mine.yaml')]
    const agents = await Promise.all(names.map((named) => readAgent(named, cwd, builtinAgent(NO_LIMITS))))
    assert.deepEqual(
      agents.map(({ name }) => name),
      ['builtin', 'codex', 'a', 'a', 'a'],
    )
  })

  it('that nobody knows is refused, with the one that was meant', async () => {
    const cwd = temporaryFolder()
    const read = (named: string) => readAgent(named, cwd, builtinAgent(NO_LIMITS))
    await assert.rejects(read('codx'), (error) => error instanceof KnownError && /mean codex/.test(error.fix))
    await assert.rejects(read('somebody'), failsWith('agent-malformed', /there is no agent "somebody"/))
    await assert.rejects(read('./none.yaml'), failsWith('file-not-found', /none.yaml/))
    mkdirSync(join(cwd, 'folder.yaml'))
    await assert.rejects(read('folder.yaml'), failsWith('file-unreadable', /folder.yaml \(EISDIR\)/))
  })
})

describe('the agents that are shipped', () => {
  for (const file of readdirSync(AGENTS_FOLDER)) {
    it(`can be read, and are called as their file is: ${file}`, () => {
      const agent = shipped(file.replace('.yaml', ''))
      assert.equal(`${agent.name}.yaml`, file)
      assert.notEqual(agent.transcript, null)
    })
  }

  /** The words of a tested client that are no paths, no tasks and no models, and its variables. */
  for (const [name, client, behind] of [
    ['mini-swe-agent', MINI_SWE_AGENT, 0],
    ['claude-code', CLAUDE_CODE, 1],
    ['codex', CODEX, 1],
  ] as const) {
    it(`are started as the tested ones are: ${name}`, () => {
      const tested = client.command(temporaryFolder())
      const { command, env } = agentStart(shipped(name), RUN)
      for (const word of tested.args.slice(behind).filter((one) => /^-/.test(one)))
        assert.ok(command.includes(word), word)
      for (const variable of Object.keys(tested.env))
        if (!/^(HOME|LITELLM|CLAUDE_CODE)/.test(variable)) assert.ok(variable in env, variable)
    })
  }

  it('find the gateway by settings where they take it from nowhere else: Codex', () => {
    const { command } = agentStart(shipped('codex'), RUN)
    assert.deepEqual(command.slice(0, 3), ['codex', '-c', 'model_provider="foretoken"'])
  })
})
