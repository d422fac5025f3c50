import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { KnownError } from '../../../../src/errors.ts'
import { readTaskFolder } from '../../../../src/runner/tasks/read-task-folder.ts'
import { temporaryFolder } from '../../../fixtures/temporary-folder.ts'

const LEAST = 'schema: task/1\nrepository: {files: code}\ncheck: {command: node --test}\n'

/** A folder with an issue, code and a hidden check. */
function folder(text: string): string {
  const made = join(temporaryFolder(), 'a-task')
  for (const name of ['code', 'hidden']) mkdirSync(join(made, name), { recursive: true })
  writeFileSync(join(made, 'issue.md'), '# It breaks\n')
  writeFileSync(join(made, 'task.yaml'), text)
  return made
}

const read = (text: string) => readTaskFolder(join(folder(text), 'task.yaml'))

/** `line:column pointer found → fix` of each mistake. */
async function mistakesIn(text: string): Promise<readonly string[]> {
  const error = await read(text).catch((failure: unknown) => failure)
  if (!(error instanceof KnownError)) return []
  assert.equal(error.code, 'task-malformed')
  return error.problems.map(
    ({ line, column, pointer, found, fix }) => `${line}:${column} ${pointer} ${found} → ${fix}`,
  )
}

describe('a task folder', () => {
  it('needs an issue, a repository and a check; the rest has defaults', async () => {
    const made = folder(LEAST)
    assert.deepEqual(await readTaskFolder(join(made, 'task.yaml')), {
      name: 'a-task',
      benchmark: null,
      issue: '# It breaks\n',
      source: { kind: 'files', folder: join(made, 'code') },
      image: null,
      imageFolder: null,
      expectsNetwork: false,
      setup: null,
      check: {
        command: 'node --test',
        env: {},
        files: null,
        writes: null,
        patch: null,
        passing: { kind: 'exit' },
      },
      resources: { cpus: { floor: 1, ceiling: 3 }, memoryMib: { floor: 1024, ceiling: 3072 } },
      timeLimits: { setupSeconds: 600, agentSeconds: 1800, checkSeconds: 600 },
    })
  })

  it('may say all of it', async () => {
    const task = await read(
      `${LEAST.replace('{files: code}', '{url: https://example.com/a.git, commit: v1}')}name: other
image: node:24
setup: npm ci && npm run build
resources: {memoryMib: {floor: 64, ceiling: 64}}
timeLimits: {agentSeconds: 60}
`.replace('check: {command: node --test}', 'check: {command: node --test, files: hidden, to: test/hidden}'),
    )
    assert.deepEqual(task.source, {
      kind: 'git',
      from: 'https://example.com/a.git',
      commit: 'v1',
      patch: null,
    })
    assert.equal(task.check.files?.to, 'test/hidden')
    assert.deepEqual(
      [task.name, task.image, task.setup, task.resources.memoryMib.ceiling, task.timeLimits.agentSeconds],
      ['other', 'node:24', 'npm ci && npm run build', 64, 60],
    )
  })

  it('is refused with every mistake at once, each at its line and column', async () => {
    const text = `schema: task/2
issue: none.md
repository: {files: code, comit: abc, patch: none.patch}
chek: {}
check: {command: "", to: ../up}
resources:
  cpus: {floor: 4, ceiling: 2}
  memoryMib: {floor: 1}
timeLimits: {agentSecond: 5}
`
    assert.deepEqual(await mistakesIn(text), [
      '1:9 /schema "task/2" → give "task/1"',
      '2:8 /issue no file "none.md" → put it there, or correct the path',
      '3:27 /repository/comit there is no "comit" here → did you mean "commit"?',
      '3:46 /repository/patch a patch beside files → take patch out',
      '3:46 /repository/patch no file "none.patch" → put it there, or correct the path',
      '4:1 /chek there is no "chek" here → did you mean "check"?',
      '5:18 /check/command "" → give a command for bash, such as "node --test"',
      '5:26 /check/to "../up" → give a path inside of the workspace',
      '5:26 /check/to to without files → give files, or take to out',
      '7:17 /resources/cpus/floor a floor of 4 above the ceiling of 2 → give a ceiling of that or more',
      '8:14 /resources/memoryMib/ceiling ceiling is missing → give a whole number of MiB from 16 to 1048576',
      '8:22 /resources/memoryMib/floor 1 → give a whole number of MiB from 16 to 1048576',
      '9:14 /timeLimits/agentSecond there is no "agentSecond" here → did you mean "agentSeconds"?',
    ])
  })

  it('has its repository at one place, with a commit where there are several', async () => {
    const cases: readonly (readonly [string, string])[] = [
      ['{}', '2:13 /repository no repository → give one of files, path, url, bundle, image'],
      ['{files: code, path: code}', '2:33 /repository/path files is there too → keep one of the two'],
      ['{url: x}', '2:19 /repository/url url without a commit → give commit'],
      [
        '{image: /app}',
        '2:21 /repository/image a folder of an image, and no image → give image for the task',
      ],
      ['{files: cod}', '2:21 /repository/files no folder "cod" → put it there, or correct the path'],
    ]
    for (const [repository, mistake] of cases)
      assert.deepEqual(await mistakesIn(LEAST.replace('{files: code}', repository)), [mistake])
  })

  it('is refused where it is no YAML', async () => {
    assert.match((await mistakesIn('schema: [\n'))[0] ?? '', /not YAML/)
  })

  it('puts its check nowhere but into the workspace', async () => {
    for (const to of ['/etc', '..', 'a/../../b', './a', '.git', '.git/hooks', 'a/..']) {
      const [mistake] = await mistakesIn(
        LEAST.replace('node --test', `node --test, files: hidden, to: ${to}`),
      )
      assert.match(mistake ?? '', /give a path inside of the workspace/, to)
    }
  })
})
