import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { ACTION_KINDS, type Action, shellAction, toolAction } from '../../../src/trajectory/action.ts'
import { atifActions } from '../../../src/trajectory/atif-actions.ts'
import { toolBlocks } from '../../../src/trajectory/claude-actions.ts'
import { codexItems } from '../../../src/trajectory/codex-actions.ts'
import { miniActions } from '../../../src/trajectory/mini-actions.ts'
import { openhandsActions } from '../../../src/trajectory/openhands-actions.ts'

const told = ({ tool, kind, target, returnedChars }: Action) => [tool, kind, target, returnedChars]

describe('an action for a shell', () => {
  const cases: readonly (readonly [command: string, tool: string, kind: string, target: string | null])[] = [
    ['cat src/a.py', 'cat', 'view', 'src/a.py'],
    ['cd /repo && sed -n "1,40p" lib/b.py', 'sed', 'view', 'lib/b.py'],
    ["sed -i 's/x/y/' lib/b.py", 'sed', 'edit', 'lib/b.py'],
    ['cat > ./new.py <<EOF\nprint(1)\nEOF', 'cat', 'edit', 'new.py'],
    ['echo one >> notes.txt', 'echo', 'edit', 'notes.txt'],
    ['grep -rn "needle" src', 'grep', 'search', null],
    ['git grep needle', 'git', 'search', null],
    ['find . -name "*.py" | head', 'find', 'search', null],
    ['python -m pytest tests/test_a.py 2>&1', 'python', 'run', null],
    ['/usr/bin/git diff', 'git', 'run', null],
    ['open src/a.py 10', 'open', 'view', 'src/a.py'],
    ['create new.py', 'create', 'edit', 'new.py'],
    ['submit', 'submit', 'other', null],
    ['', 'shell', 'other', null],
  ]
  for (const [command, tool, kind, target] of cases) {
    it(`is told from its first command: ${JSON.stringify(command)}`, () => {
      assert.deepEqual(told(shellAction(command)), [tool, kind, target, null])
    })
  }

  it('is one of the kinds, in bounds, whatever the command is', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5000, unit: 'binary' }), (command) => {
        const { tool, kind, target } = shellAction(command)
        assert.ok(ACTION_KINDS.includes(kind))
        assert.ok(tool.length > 0 && tool.length <= 100 && tool.isWellFormed())
        assert.ok(target === null || (target.length <= 500 && target.isWellFormed()))
      }),
    )
  })
})

describe('an action of a tool', () => {
  it('is told from the name of the tool, and of one editor from its command', () => {
    const kinds = (tool: string, input: Record<string, unknown> = {}) =>
      told(toolAction(tool, input)).slice(1, 3)
    assert.deepEqual(kinds('Read', { file_path: '/a.ts' }), ['view', '/a.ts'])
    assert.deepEqual(kinds('Write', { file_path: '/a.ts' }), ['edit', '/a.ts'])
    assert.deepEqual(kinds('str_replace_editor', { command: 'view', path: '/b.py' }), ['view', '/b.py'])
    assert.deepEqual(kinds('str_replace_editor', { command: 'create', path: '/b.py' }), ['edit', '/b.py'])
    assert.deepEqual(kinds('Grep', { pattern: 'x', path: '/src' }), ['search', null])
    assert.deepEqual(kinds('TodoWrite'), ['other', null])
    assert.deepEqual(kinds('Bash', { command: 'cat /b.py' }), ['view', '/b.py'])
    assert.deepEqual(kinds('execute_bash', { command: ['ls', '-l'] }), ['search', null])
    assert.deepEqual(kinds('web_fetch', { url: 'x' }), ['other', null])
  })
})

describe('actions in trajectories', () => {
  it('of Claude Code are counted once, with what came back in later lines', () => {
    const blocks = toolBlocks()
    const use = { type: 'tool_use', id: 't1', name: 'Read', input: { file_path: 'a.ts' } }
    for (let again = 0; again < 2; again++)
      blocks.add({ message: { id: 'm1', content: [{ type: 'text' }, use] } })
    blocks.add({
      message: {
        content: [{ type: 'tool_result', tool_use_id: 't1', content: [{ type: 'text', text: 'abc' }] }],
      },
    })
    for (const other of [null, 1, {}, { message: 'x' }, { message: { content: 'x' } }]) blocks.add(other)
    assert.deepEqual(blocks.actions(), [
      { id: 't1', call: 'm1', tool: 'Read', kind: 'view', target: 'a.ts', returnedChars: 3 },
    ])
  })

  it('of mini-swe-agent stand in notes of the agent, or in the block of the reply', () => {
    const block = '```bash\ncat a.py\n```'
    const messages = [
      { role: 'system', content: 'one ```bash\nls\n``` block' },
      { role: 'assistant', content: `First: ${block}`, extra: { response: { id: 'r-1' } } },
      { role: 'user', content: '12345' },
      {
        role: 'assistant',
        content: null,
        extra: { actions: [{ command: 'ls', tool_call_id: 'c' }, { command: 'pytest' }] },
      },
      { role: 'tool', tool_call_id: 'c', content: '1234567' },
    ]
    assert.deepEqual(miniActions(messages), [
      { id: null, call: 'r-1', tool: 'cat', kind: 'view', target: 'a.py', returnedChars: 5 },
      { id: 'c', call: null, tool: 'ls', kind: 'search', target: null, returnedChars: 7 },
      { id: null, call: null, tool: 'pytest', kind: 'run', target: null, returnedChars: 7 },
    ])
  })

  it('of Codex are items of the thread, joined by the id of the use', () => {
    const items = codexItems()
    const shell = JSON.stringify({ command: ['bash', '-lc', 'cat a.rs'] })
    items.add({ type: 'function_call', name: 'shell', call_id: '1', arguments: shell })
    items.add({ type: 'function_call_output', call_id: '1', output: 'abcd' })
    items.add({
      type: 'custom_tool_call',
      name: 'apply_patch',
      call_id: '2',
      input: '*** Begin Patch\n*** Update File: src/b.rs\n',
    })
    items.add({ type: 'function_call', name: 'update_plan', call_id: '3', arguments: '{"pl' })
    items.add({ type: 'message', content: [] })
    assert.deepEqual(items.actions().map(told), [
      ['shell', 'view', 'a.rs', 4],
      ['apply_patch', 'edit', 'src/b.rs', null],
      ['update_plan', 'other', null, null],
    ])
  })

  it('of ATIF stand in the steps with their observations', () => {
    const steps = [
      {
        tool_calls: [{ tool_call_id: 'x', function_name: 'bash', arguments: { command: 'ls' } }],
        observation: { results: [{ source_call_id: 'x', content: 'ab' }] },
      },
      { source: 'user' },
    ]
    assert.deepEqual(atifActions(steps).map(told), [['bash', 'search', null, 2]])
  })

  it('of OpenHands are events, in pairs, by their cause, or by the id of the use', () => {
    const old = [
      [
        { action: 'run', args: { command: 'cat a.py' } },
        { observation: 'run', content: 'xyz' },
      ],
    ]
    assert.deepEqual(openhandsActions(old).map(told), [['run', 'view', 'a.py', 3]])
    const caused = [
      { id: 4, action: 'edit', args: { path: 'b.py' } },
      { id: 5, action: 'message', args: {} },
      { observation: 'edit', cause: 4, content: '12' },
    ]
    assert.deepEqual(openhandsActions(caused).map(told), [['edit', 'edit', 'b.py', 2]])
    const sdk = [
      { kind: 'ActionEvent', tool_name: 'terminal', tool_call_id: 'k', action: { command: 'ls' } },
      { kind: 'ObservationEvent', tool_call_id: 'k', observation: { content: [{ text: 'four' }] } },
    ]
    assert.deepEqual(openhandsActions(sdk).map(told), [['terminal', 'search', null, 4]])
  })
})
