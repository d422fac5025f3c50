import { Gauge, type Registry } from 'prom-client'
import { type RecentRun, TOKEN_CLASSES } from '../../store/recent-runs.ts'
import { boundedLabel } from './bounded-label.ts'

/**
 * What the runs that were stored last have spent, and how good the forecasts of them were. Gauges over a window, because
 * a run grows, is told anew and may be dropped: a counter cannot say that.
 * @returns takes the runs of the window
 */
export function runMetrics(registry: Registry, mostNames: number): (runs: readonly RecentRun[]) => void {
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[]) =>
    new Gauge({ name: `foretoken_recent_${name}`, help, labelNames: [...labelNames], registers: [registry] })
  const gauges = {
    runs: gauge('runs', 'Runs stored last, of which the others tell', ['agent', 'model']),
    incomplete: gauge('runs_incomplete', 'Those whose usage is "at least"', ['agent', 'model']),
    tokens: gauge('run_tokens', 'Tokens by class, where known', ['model', 'class']),
    usd: gauge('run_usd', 'Dollars by our prices, where known', ['model']),
    unknown: gauge('runs_unknown', 'Runs of which a class of tokens, or usd, is not known', [
      'model',
      'what',
    ]),
    matched: gauge('forecast_runs', 'Runs with all tokens known and a forecast from before', [
      'agent',
      'model',
    ]),
    bias: gauge('forecast_error_log10', 'Mean of log10(actual / forecast total tokens)', ['agent', 'model']),
    error: gauge('forecast_error_abs_log10', 'Mean of its absolute value', ['agent', 'model']),
    coverage: gauge('forecast_coverage', 'Share of runs within the range of 8 in 10', ['agent', 'model']),
  }
  const [agentOf, modelOf] = [boundedLabel(mostNames), boundedLabel(mostNames)]
  return (runs) => {
    for (const each of Object.values(gauges)) each.reset()
    for (const run of runs) {
      const model = modelOf(run.model)
      const pair = { agent: agentOf(run.agent), model }
      gauges.runs.inc(pair)
      gauges.incomplete.inc(pair, run.incomplete ? 1 : 0)
      for (const name of TOKEN_CLASSES) {
        const count = run.tokens[name]
        if (count === null) gauges.unknown.inc({ model, what: name })
        else gauges.tokens.inc({ model, class: name }, count)
      }
      if (run.costUsd === null) gauges.unknown.inc({ model, what: 'usd' })
      else gauges.usd.inc({ model }, Number(run.costUsd))
    }
    for (const { agent, model, ...accuracy } of accuracies(runs, agentOf, modelOf)) {
      const pair = { agent, model }
      gauges.matched.set(pair, accuracy.runs)
      gauges.bias.set(pair, accuracy.bias / accuracy.runs)
      gauges.error.set(pair, accuracy.error / accuracy.runs)
      gauges.coverage.set(pair, accuracy.inside / accuracy.runs)
    }
  }
}

/** Sums over the runs of an agent with a model. */
interface Accuracy {
  readonly agent: string
  readonly model: string
  runs: number
  bias: number
  error: number
  inside: number
}

type Label = ReturnType<typeof boundedLabel>

function accuracies(runs: readonly RecentRun[], agentOf: Label, modelOf: Label): Iterable<Accuracy> {
  const pairs = new Map<string, Accuracy>()
  for (const { agent, model, forecast, totalTokens, incomplete } of runs) {
    if (forecast === null || totalTokens === null || totalTokens === 0 || incomplete) continue
    const named = { agent: agentOf(agent), model: modelOf(model) }
    const key = JSON.stringify([named.agent, named.model])
    const sums = pairs.get(key) ?? { ...named, runs: 0, bias: 0, error: 0, inside: 0 }
    const error = Math.log10(totalTokens) - forecast.log10TotalTokens
    sums.runs++
    sums.bias += error
    sums.error += Math.abs(error)
    if (totalTokens >= forecast.totalTokens.p10 && totalTokens <= forecast.totalTokens.p90) sums.inside++
    pairs.set(key, sums)
  }
  return pairs.values()
}
