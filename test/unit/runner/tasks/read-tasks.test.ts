import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, it } from 'node:test'
import { KnownError } from '../../../../src/errors.ts'
import { readTasks } from '../../../../src/runner/tasks/read-tasks.ts'
import { failsWith } from '../../../fixtures/known-failure.ts'
import { SHIPPED, TASKS } from '../../../fixtures/shipped-task.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'

/** A folder with these files. */
function folder(files: Readonly<Record<string, string>>): string {
  const made = join(temporaryFolder(), 'a-task')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(made, path)), { recursive: true })
    writeFileSync(join(made, path), text)
  }
  return made
}

/** `line:column pointer found → fix` of each mistake. */
async function mistakesIn(path: string): Promise<readonly string[]> {
  const error = await readTasks(path).catch((failure: unknown) => failure)
  assert.ok(error instanceof KnownError, String(error))
  assert.equal(error.code, 'task-malformed')
  return error.problems.map(
    ({ line, column, pointer, found, fix }) => `${line}:${column} ${pointer} ${found} → ${fix}`,
  )
}

const HARBOR = `version = "1.0"

[metadata]
difficulty = "easy"
tags = ["trivial"]

[verifier]
timeout_sec = 120.0
env = { A = "1" }

[agent]
timeout_sec = 360.0

[environment]
build_timeout_sec = 600.0
docker_image = "some-org/some-name:some-tag"
cpus = 2
memory_mb = 2048
storage_mb = 10240
`
const PARTS = { 'instruction.md': 'Say hello in hello.txt\n', 'tests/test.sh': 'exit 0\n' }

describe('tasks of Harbor', () => {
  it('are read with their number per resource as the floor', async () => {
    const made = folder({ ...PARTS, 'task.toml': HARBOR })
    const [task, ...more] = await readTasks(made)
    assert.deepEqual(more, [])
    assert.deepEqual(task, {
      name: 'a-task',
      benchmark: null,
      issue: 'Say hello in hello.txt\n',
      source: { kind: 'image', folder: '/app' },
      image: 'some-org/some-name:some-tag',
      imageFolder: null,
      expectsNetwork: true,
      setup: null,
      check: {
        command: 'mkdir -p /logs/verifier && bash /tests/test.sh',
        env: { A: '1' },
        files: { from: join(made, 'tests'), to: '/tests' },
        writes: '/logs',
        patch: null,
        passing: { kind: 'reward', files: ['/logs/verifier/reward.txt', '/logs/verifier/reward.json'] },
      },
      resources: { cpus: { floor: 2, ceiling: 6 }, memoryMib: { floor: 2048, ceiling: 6144 } },
      timeLimits: { setupSeconds: 600, agentSeconds: 360, checkSeconds: 120 },
    })
  })

  it('tell whether they are to have the internet, as they are unless they say no', async () => {
    const told = ['', 'allow_internet = true', 'allow_internet = false', 'network_mode = "no-network"']
    const tasks = told.map(async (line) => {
      const text = `[environment]\ndocker_image = "a"\n${line}\n`
      return (await readTasks(folder({ ...PARTS, 'task.toml': text })))[0]?.expectsNetwork
    })
    assert.deepEqual(await Promise.all(tasks), [true, true, false, false])
  })

  it('may be named, say memory as a size, and bring what their image is made of', async () => {
    const text = 'schema_version = "1.1"\n[task]\nname = "org/hello"\n[environment]\nmemory = "2.5G"\n'
    const made = folder({ ...PARTS, 'environment/Dockerfile': 'FROM scratch\n', 'task.toml': text })
    const [task] = await readTasks(join(made, 'task.toml'))
    assert.deepEqual(
      [task?.name, task?.resources.memoryMib.floor, task?.imageFolder, task?.image],
      ['org/hello', 2560, join(made, 'environment'), null],
    )
  })

  it('are refused with every mistake at once, each at its line and column', async () => {
    const text = `[agent]
timeout_sec = "long"
[environment]
  cpus = 0
memory = "much"
verifier.timeout_sec = 1
[[steps]]
name = "one"
`
    const made = folder({ 'task.toml': text, 'instruction.md': 'x' })
    assert.deepEqual(await mistakesIn(made), [
      '1:1  no tests/test.sh beside it → put it there',
      '1:1  no environment/Dockerfile beside it → put it there, or give environment.docker_image',
      '2:1 /agent/timeout_sec "long" → give seconds above 0',
      '4:3 /environment/cpus 0 → give a number above 0',
      '5:1 /environment/memory "much" → give a size such as "2G"',
      '7:1 /steps [{"name":"one"}] → give tasks of one step: those of several are not run',
    ])
    const broken = folder({ ...PARTS, 'task.toml': 'version = "1.0"\n[agent\n' })
    assert.match(
      (await mistakesIn(broken)).join('\n'),
      /^2:\d+ {2}not TOML: .+ → correct it, or take it out$/,
    )
  })
})

const INSTANCE = {
  instance_id: 'octo__app-1',
  repo: 'octo/app',
  base_commit: '0123456789abcdef0123456789abcdef01234567',
  problem_statement: 'It breaks',
  hints_text: 'Have you looked at app.py?',
  patch: 'the solution',
  test_patch: `diff --git a/tests/test_app.py b/tests/test_app.py
--- a/tests/test_app.py
+++ b/tests/test_app.py
@@ -1 +1 @@
-a
+b
diff --git a/tests/gone.py b/tests/gone.py
--- a/tests/gone.py
+++ /dev/null
@@ -1 +0,0 @@
-a
diff --git a/tests/a b.py b/tests/a b.py
--- /dev/null
+++ b/tests/a b.py\t
@@ -0,0 +1 @@
+a
`,
  FAIL_TO_PASS: '["tests/test_app.py::test_new"]',
  PASS_TO_PASS: ['tests/test_app.py::test_old'],
  version: '1.0',
}

describe('instances of SWE-bench', () => {
  it('are the same in JSON, as a list, and in JSON Lines; hints and solution are not told', async () => {
    const forms = [
      JSON.stringify(INSTANCE),
      JSON.stringify([INSTANCE], null, 2),
      `${JSON.stringify(INSTANCE)}\n\n`,
    ]
    for (const text of forms) {
      const [task, ...more] = await readTasks(join(folder({ 'instances.jsonl': text }), 'instances.jsonl'))
      assert.deepEqual(more, [])
      assert.ok(!/hints|the solution|looked at/.test(JSON.stringify(task)))
      assert.deepEqual(
        [task?.name, task?.benchmark, task?.issue, task?.source],
        [
          'octo__app-1',
          'swe-bench',
          'It breaks',
          {
            kind: 'git',
            from: 'https://github.com/octo/app.git',
            commit: INSTANCE.base_commit,
            patch: null,
          },
        ],
      )
      assert.equal(task?.check.command, "python -m pytest -rA tests/test_app.py 'tests/a b.py'")
      assert.equal(task?.check.patch, INSTANCE.test_patch)
      assert.deepEqual(task?.check.passing, {
        kind: 'tests',
        names: ['tests/test_app.py::test_new', 'tests/test_app.py::test_old'],
      })
    }
  })

  it('are read with what the data set does not tell', async () => {
    const path = join(folder({ 'a.json': JSON.stringify(INSTANCE) }), 'a.json')
    const [task] = await readTasks(path, {
      check: './runtests.py',
      setup: 'pip install -e .',
      repository: (name) => `/repositories/${name}`,
      image: ({ instance_id }) => `images/${instance_id}`,
      benchmark: 'swe-bench-verified',
    })
    assert.deepEqual(
      [task?.check.command, task?.setup, task?.image, task?.benchmark],
      ['./runtests.py', 'pip install -e .', 'images/octo__app-1', 'swe-bench-verified'],
    )
    assert.ok(task?.source.kind === 'git' && task.source.from === '/repositories/octo/app')
  })

  it('are refused with every mistake at once, each at its line', async () => {
    const { base_commit: _, ...without } = INSTANCE
    const lines = [
      JSON.stringify(INSTANCE),
      JSON.stringify({ ...without, repo: 'octo', FAIL_TO_PASS: 'test_new' }),
      '{"instance_id": ',
    ]
    const made = folder({ 'a.jsonl': lines.join('\n'), 'b.json': JSON.stringify([INSTANCE, 7]) })
    assert.deepEqual(
      await mistakesIn(join(made, 'a.jsonl')),
      [
        '2:1 /repo "octo" → give "owner/name"',
        '2:1 /base_commit base_commit is missing → give a text',
        '2:1 /FAIL_TO_PASS "test_new" → give a list of tests, or one as JSON in a text',
        '3:1  not JSON → get the file anew',
      ].toSorted((a, b) => (a.slice(0, 3) < b.slice(0, 3) ? -1 : 1)),
    )
    assert.deepEqual(await mistakesIn(join(made, 'b.json')), ['1:1 /1 7 → give an object of an instance'])
  })
})

describe('a folder of tasks', () => {
  it('is read whole, in the order of their names', async () => {
    const tasks = await readTasks(TASKS)
    assert.deepEqual(
      tasks.map(({ name }) => name),
      [...SHIPPED],
    )
  })

  it('is refused where it has none, or is not there', async () => {
    await assert.rejects(readTasks(temporaryFolder()), /has neither task.yaml nor task.toml/)
    await assert.rejects(readTasks('/nowhere'), /No such file: \/nowhere/)
    const made = folder({ 'task.yaml/x': '' })
    await assert.rejects(readTasks(made), failsWith('file-unreadable', /task.yaml \(EISDIR\)$/))
  })
})
