import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Bundle } from '../../../src/forecast/bundle.ts'
import { agentGap, agentKey, defaultAgent, modelsOf, resolvePair } from '../../../src/forecast/pair.ts'

/** A bundle of which only the pairs are looked at: agent, model, runs of each task, tasks. */
const bundleOf = (...pairs: readonly (readonly [string, string, number, number])[]): Bundle =>
  ({
    pairs: pairs.map(([agent, model, runs, tasks]) => ({ agent, model, runs, tasks })),
  }) as unknown as Bundle

const bundle = bundleOf(
  ['mini-swe-agent', 'gpt-5', 1, 401],
  ['openhands', 'gpt-5', 4, 401],
  ['swe-agent', 'gpt-5', 10, 20],
  ['openhands', 'gemini-3', 4, 401],
)
const resolved = (agent: string, model: string) => {
  const { kinship, series } = resolvePair(bundle, agent, model)
  return [kinship, series]
}

describe('a pair asked for', () => {
  it('is the one that was trained on, in whatever way agent and model are spelt', () => {
    for (const agent of ['openhands', 'OpenHands', 'openhands v0.50', 'OpenHands-1.2.3', ' OpenHands@0.9 ']) {
      assert.deepEqual(resolved(agent, 'gpt-5'), ['trained', 1], agent)
    }
    assert.deepEqual(resolved('mini_SWE agent 1.15', 'GPT-5 (effort=high)'), ['trained', 0])
    assert.deepEqual(resolved('openhands', 'gemini-3-pro'), ['trained', 3], 'another name of the same model')
    assert.deepEqual(resolved('openhands', 'litellm_proxy/gpt-5'), ['trained', 1])
  })

  it('is, under an agent not trained on, the pair of that model with the most runs', () => {
    assert.deepEqual(resolved('my-agent', 'gpt-5'), ['other-agent', 1])
    assert.deepEqual(resolved('swe-agent', 'gemini-3'), ['other-agent', 3])
  })

  it('is none for a model that no pair has', () => {
    for (const model of ['gpt-5-mini', 'claude', '', 'x'.repeat(1e6)]) {
      assert.deepEqual(resolved('openhands', model), ['unseen', null])
    }
  })

  it('keeps the names it was asked by', () => {
    const { agent, model } = resolvePair(bundle, 'OpenHands 1', 'GPT-5')
    assert.deepEqual([agent, model], ['OpenHands 1', 'GPT-5'])
  })
})

describe('the name of an agent', () => {
  it('is told apart from its version', () => {
    assert.deepEqual(['a b', 'A_b 2', 'a-b/v1.2', 'a-b-2025.11.1'].map(agentKey), [
      'a-b',
      'a-b',
      'a-b',
      'a-b',
    ])
    assert.notEqual(agentKey('swe-agent'), agentKey('mini-swe-agent'))
  })

  it('is found at once, however long and odd it is', () => {
    const start = performance.now()
    for (const name of ['1'.repeat(1e6), `${'1.'.repeat(5e5)}x`, ' '.repeat(1e6), '-'.repeat(1e6)])
      agentKey(name)
    assert.ok(performance.now() - start < 1000)
  })
})

describe('who is forecast for unless it is said', () => {
  it('is the agent of the most pairs, with all of its models', () => {
    assert.equal(defaultAgent(bundle), 'openhands')
    assert.deepEqual(modelsOf(bundle, 'OpenHands 3'), ['gpt-5', 'gemini-3'])
    assert.deepEqual(modelsOf(bundle, 'swe-agent'), ['gpt-5'])
  })

  it('is every model once for an agent not known', () => {
    assert.deepEqual(modelsOf(bundle, 'my-agent'), ['gpt-5', 'gemini-3'])
  })
})

describe('the gap between agents', () => {
  const levels = [5.5, 6, 6.4, 6.2].map((offset) => ({ offset }))

  it('is the root mean square distance of the levels of one model under two agents', () => {
    const gap = agentGap(bundle, levels) ?? 0
    assert.ok(Math.abs(gap - Math.sqrt((0.5 ** 2 + 0.9 ** 2 + 0.4 ** 2) / 3)) < 1e-12)
  })

  it('is not known where no model was seen under two', () => {
    assert.equal(
      agentGap(bundleOf(['openhands', 'gpt-5', 4, 9], ['openhands', 'gemini-3', 4, 9]), levels),
      null,
    )
  })
})
