import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { modelKey } from '../../../src/forecast/model-key.ts'

const SAME: Readonly<Record<string, readonly string[]>> = {
  'gpt-5': [
    'gpt-5-2025-08-07',
    'openai/gpt-5',
    'litellm_proxy/azure/GPT-5-2025-08-07',
    'gpt-5 (effort=high)',
    'openrouter/openai/gpt-5',
  ],
  'claude-sonnet-4-5': [
    'claude-sonnet-4-5-20250929',
    'claude-sonnet-4.5',
    'anthropic/claude-4.5-sonnet',
    'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    'bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0',
    'vertex_ai/claude-sonnet-4-5@20250929',
  ],
  'claude-3-7-sonnet': ['claude-3-7-sonnet-latest', 'claude-3.7-sonnet', 'claude-3-7-sonnet-20250219'],
  'gemini-3-pro': ['gemini/gemini-3-pro-preview', 'gemini-3', 'google/gemini-3-pro-preview'],
  'kimi-k2': ['moonshotai/kimi-k2-0905-preview', 'Kimi-K2-Instruct'],
  'qwen3-coder': ['openrouter/qwen/qwen3-coder:free', 'Qwen/Qwen3-Coder-480B-A35B-Instruct'],
}

describe('the key of a model', () => {
  it('is the same whoever serves it, of whatever day, and however it is spelt', () => {
    for (const [name, others] of Object.entries(SAME))
      for (const other of others) assert.equal(modelKey(other), modelKey(name), other)
  })

  it('is another for every model, size and version', () => {
    const names = [
      ...Object.keys(SAME),
      ...[
        'gpt-5-mini',
        'gpt-5.1',
        'gpt-4o',
        'gpt-4o-mini',
        'o3',
        'claude-sonnet-4',
        'claude-opus-4-5',
        'claude',
      ],
      ...['claude-3-5-sonnet', 'qwen3:32b', 'qwen3:8b', 'deepseek-v3.1', 'glm-4.5', 'glm-4.5-air', ''],
    ]
    assert.equal(new Set(names.map(modelKey)).size, names.length)
  })

  it('of a key is that key', () => {
    for (const name of Object.entries(SAME).flat(2))
      assert.equal(modelKey(modelKey(name)), modelKey(name), name)
  })
})
