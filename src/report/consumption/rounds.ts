import type { CallTraces } from '../../store/read-call-traces.ts'
import { measured } from '../cells.ts'
import type { Block, Cell } from '../document.ts'
import { slug } from '../findings.ts'

const MOST_ROUNDS = 100

/** Mean prompt and output of the n-th call over the runs that have one. */
interface Round {
  readonly call: number
  readonly runs: number
  readonly prompt: number
  readonly cached: number
  readonly output: number
}

/** How the context grows, call by call: a figure of the prompt and the output of each call. */
export function roundBlocks(system: string, traces: CallTraces, chosen: readonly number[]): readonly Block[] {
  const rounds = roundsOf(traces, chosen)
  if (rounds.length < 2) return []
  const id = `rounds-${slug(system)}`
  const line = (series: string, of: (round: Round) => number) => ({
    series,
    points: rounds.map((round) => ({ x: round.call, y: of(round) })),
  })
  const shown = rounds.filter((_, i) => i < 10 || (i + 1) % 10 === 0)
  return [
    {
      kind: 'figure',
      figure: {
        id,
        title: `Growth of the context, ${system}`,
        alt: 'Mean tokens of the prompt, the part of it read from the cache, and the output, call by call.',
        chart: {
          kind: 'lines',
          x: { title: 'call of the run', scale: 'linear' },
          y: { title: 'mean tokens of the call', scale: 'linear' },
          lines: [
            line('prompt', ({ prompt }) => prompt),
            line('of it read from the cache', ({ cached }) => cached),
            line('output', ({ output }) => output),
          ],
        },
      },
      table: {
        id: `${id}-table`,
        title: `Call by call, ${system}`,
        columns: [
          { key: 'call', head: 'call', unit: 'count' },
          { key: 'runs', head: 'runs', unit: 'count' },
          { key: 'prompt_tokens', head: 'prompt', unit: 'tokens' },
          { key: 'cache_read_tokens', head: 'of it cached', unit: 'tokens' },
          { key: 'output_tokens', head: 'output', unit: 'tokens' },
        ],
        rows: shown.map(({ call, runs, prompt, cached, output }): readonly Cell[] => [
          call,
          runs,
          measured(prompt, null, runs),
          measured(cached, null, runs),
          measured(output, null, runs),
        ]),
        note: `Means over the runs that have so many calls: later calls are those of the longer runs only. Up to call ${MOST_ROUNDS}, and while at least 5 runs (or all) have one.`,
      },
    },
  ]
}

function roundsOf(
  { start, input, cacheRead, cacheWrite, output }: CallTraces,
  chosen: readonly number[],
): Round[] {
  const rounds: Round[] = []
  const least = Math.min(5, chosen.length)
  for (let call = 0; call < MOST_ROUNDS; call++) {
    const sums = { runs: 0, prompt: 0, cached: 0, output: 0 }
    for (const run of chosen) {
      const at = (start[run] as number) + call
      if (at >= (start[run + 1] as number)) continue
      const read = zeroIfUnsplit(cacheRead[at])
      const prompt = (input[at] as number) + read + zeroIfUnsplit(cacheWrite[at])
      if (Number.isNaN(prompt + (output[at] as number))) continue
      sums.runs++
      sums.prompt += prompt
      sums.cached += read
      sums.output += output[at] as number
    }
    if (sums.runs < Math.max(1, least)) break
    const { runs } = sums
    rounds.push({
      call: call + 1,
      runs,
      prompt: sums.prompt / runs,
      cached: sums.cached / runs,
      output: sums.output / runs,
    })
  }
  return rounds
}

/** A class that the source does not split off is counted in the input. */
const zeroIfUnsplit = (value: number | undefined): number =>
  value === undefined || Number.isNaN(value) ? 0 : value
