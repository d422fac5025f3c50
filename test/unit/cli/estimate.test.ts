import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { gitRepository } from '../../fixtures/git-repository.ts'
import { syntheticModels } from '../../fixtures/synthetic-bundle.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'
import { cli } from './fake-app.ts'

const folder = temporaryFolder()
const models = await syntheticModels()
const issue = join(folder, 'issue.md')
writeFileSync(issue, '# The parser crashes\n\nparse("") raises IndexError in parser.py\n')
const repository = gitRepository([{ files: { 'parser.py': 'def parse(text):\n    return text.split()\n' } }])

const estimate = (...args: string[]) => cli(['estimate', ...args, '--models', models], { cwd: folder })
const json = async (...args: string[]) => JSON.parse((await estimate(...args, '--format', 'json')).stdout)

describe('foretoken estimate', () => {
  it('refuses what it cannot use, by flag and value, with what to do', async () => {
    const refused = async (named: RegExp, ...args: string[]) => {
      const { exit, stdout, stderr } = await estimate(...args)
      assert.deepEqual([exit, stdout], [2, ''], args.join(' '))
      assert.match(stderr, named)
      assert.match(stderr, /\n→ \S/)
    }
    await refused(/no issue was named/)
    await refused(/--budget "0": expected dollars above 0/, issue, '--budget', '0')
    await refused(/--budget "much"/, issue, '--budget', 'much')
    await refused(/--mean-of "0"/, issue, '--mean-of', '0')
    await refused(/--mean-of "1\.5"/, issue, '--mean-of', '1.5')
    await refused(/--self-forecast .*expected model=output,total/, issue, '--self-forecast', 'gpt-5')
    await refused(/--self-forecast .*expected model=output,total/, issue, '--self-forecast', 'gpt-5=0,5')
    await refused(/--commit main without --repo\n→ name the repository/, issue, '--commit', 'main')
    await refused(/--model/, issue, '--model', '')
    await refused(/a name of 201 characters/, issue, '--model', 'x'.repeat(201))
    await refused(/a name of 9999 characters/, issue, '--agent', 'x'.repeat(9999))
    await refused(
      /101 models at once\n→ name at most 100/,
      issue,
      '--model',
      ...Array.from({ length: 101 }, (_, k) => `m${k}`),
    )
  })

  it('answers with one document that says what was read', async () => {
    const answer = await json(issue, '--repo', repository, '--repository', 'acme/anvil', '--model', 'gpt-5')
    assert.deepEqual(Object.keys(answer), [
      'schema',
      'id',
      'title',
      'repository',
      'commit',
      'unread',
      'forecasts',
    ])
    assert.deepEqual(
      [answer.schema, answer.title, answer.repository, answer.unread],
      ['estimate/1', 'The parser crashes', 'acme/anvil', 0],
    )
    assert.match(answer.commit, /^[0-9a-f]{40}$/)
    assert.equal(answer.forecasts.length, 1)
  })

  it('is one line of the same for jsonl', async () => {
    const { stdout } = await estimate(issue, '--format', 'jsonl')
    assert.deepEqual(stdout.split('\n').length, 2)
    assert.deepEqual(JSON.parse(stdout), await json(issue))
  })

  it('takes what stands beside the issue, unless it is said otherwise', async () => {
    const file = join(folder, 'hinted.md')
    writeFileSync(
      file,
      '---\nid: t-1\nrepository: acme/drill\nagent: my-agent\nmodels: [gpt-5, other]\n---\n# A title\n\nText\n',
    )
    const hinted = await json(file)
    assert.deepEqual([hinted.id, hinted.repository], ['t-1', 'acme/drill'])
    assert.deepEqual(
      hinted.forecasts.map(({ agent, model }: { agent: string; model: string }) => [agent, model]),
      [
        ['my-agent', 'gpt-5'],
        ['my-agent', 'other'],
      ],
    )
    const said = await json(
      file,
      '--model',
      'mystery-1',
      '--agent',
      'openhands',
      '--repository',
      'acme/anvil',
    )
    assert.equal(said.repository, 'acme/anvil')
    assert.deepEqual([said.forecasts[0].agent, said.forecasts[0].model], ['openhands', 'mystery-1'])
  })

  it('takes no model for every model', async () => {
    const file = join(folder, 'none.json')
    writeFileSync(file, '{"title": "A", "models": []}')
    assert.equal((await json(file)).forecasts.length, 3)
  })

  it('tells the probability of more than a budget only where one is asked about', async () => {
    assert.equal('overBudget' in (await json(issue)).forecasts[0], false)
    const [cheap, dear] = [await json(issue, '--budget', '0.0001'), await json(issue, '--budget', '10000')]
    assert.ok(cheap.forecasts[0].overBudget > 0.9 && dear.forecasts[0].overBudget < 0.1)
    assert.match((await estimate(issue, '--budget', '10000')).stdout, /over \$10,000\n/)
  })

  it('shows text of others without obeying it, and gives it to programs as it is', async () => {
    const file = join(folder, 'hostile.json')
    const hostile = '\u001b[2J\u202eevil'
    writeFileSync(
      file,
      JSON.stringify({ title: hostile, body: 'b', agent: hostile, models: [hostile], repository: hostile }),
    )
    for (const format of ['text', 'markdown']) {
      const { stdout } = await estimate(file, '--format', format)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      assert.doesNotMatch(stdout, /[\u001b\u202e]/)
      assert.match(stdout, /\\u001b/)
    }
    const answer = await json(file)
    assert.deepEqual(
      [answer.title, answer.repository, answer.forecasts[0].model],
      [hostile, hostile, hostile],
    )
  })

  it('gives the same bytes for the same input', async () => {
    const args = [issue, '--repo', repository, '--format', 'json']
    assert.deepEqual(await estimate(...args), await estimate(...args))
  })
})
