import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { clientCommand } from '../../../src/gateway/runs/client-environment.ts'

const ADDRESS = { baseUrl: 'http://127.0.0.1:4141/run/ftk_x', key: 'ftk_x' }

/** The command with `SETTINGS` where the settings of Codex are. */
function marked(command: string): string {
  const words = clientCommand(command.split(' '), ADDRESS)
  const isSetting = (word = '') => word === '-c' || /^model_provider/.test(word)
  return words
    .flatMap((word, i) => (isSetting(word) ? (isSetting(words[i - 1]) ? [] : ['SETTINGS']) : [word]))
    .join(' ')
}

describe('the address of Codex', () => {
  it('is given as settings', () => {
    assert.deepEqual(clientCommand(['codex', 'exec', 'mend it'], ADDRESS), [
      'codex',
      ...['-c', 'model_provider="foretoken"'],
      ...['-c', 'model_providers.foretoken.name="Foretoken"'],
      ...['-c', 'model_providers.foretoken.base_url="http://127.0.0.1:4141/run/ftk_x/v1"'],
      ...['-c', 'model_providers.foretoken.env_key="OPENAI_API_KEY"'],
      ...['-c', 'model_providers.foretoken.wire_api="responses"'],
      ...['exec', 'mend it'],
    ])
  })

  for (const command of [
    'codex SETTINGS exec it',
    '/usr/local/bin/codex SETTINGS exec it',
    'codex.exe SETTINGS exec it',
    'node node_modules/@openai/codex/bin/codex.js SETTINGS exec it',
    '/usr/bin/node --import ./a.js ./codex.js SETTINGS exec it',
    'npx codex SETTINGS exec it',
    'npx -y @openai/codex SETTINGS exec it',
    'npx @openai/codex@0.98.0 SETTINGS exec it',
    'npx -p @openai/codex codex SETTINGS exec it',
    'npx --yes --package=@openai/codex -- codex SETTINGS exec it',
    'npm exec -- codex SETTINGS exec it',
    'bunx @openai/codex SETTINGS exec it',
    'pnpm dlx @openai/codex SETTINGS exec it',
    'pnpm exec codex SETTINGS exec it',
    'yarn codex SETTINGS exec it',
    'env -u A CODEX_HOME=/x codex SETTINGS exec it',
    'timeout -k 5 600 codex SETTINGS exec it',
    'nice -n 5 env A=1 npx codex SETTINGS exec it',
  ]) {
    it(`stands behind its name: ${command}`, () =>
      assert.equal(marked(command.replace('SETTINGS ', '')), command))
  }

  for (const command of [
    'claude -p codex',
    'node agent.js codex',
    'npx prettier codex.js',
    'npm exec codex exec it',
    'bash ./codex.sh',
    './codex-like exec',
    'env',
    'timeout 5',
    'npx',
  ]) {
    it(`is no matter of another command: ${command}`, () => assert.equal(marked(command), command))
  }
})
