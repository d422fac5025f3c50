import { readFileSync } from 'node:fs'
import { type Finding, findingOf, median } from '../finding.ts'
import type { LoadTaken } from './load.ts'
import { hold, load, type Served, startGateway, startLiteLlm, startPipe, startUpstream } from './processes.ts'

const ROUNDS = 3
const PACED = { model: 'paced', connections: 50, seconds: 5 }
const BURST = { model: 'burst', connections: 50, seconds: 5 }
const OPEN_STREAMS = 1000
const LITELLM_PORT = 4242

/** Everyone that is measured, in turn. */
type Lane = 'direct' | 'pipe' | 'ours' | 'litellm'
type Taken = Readonly<Partial<Record<Lane, readonly LoadTaken[]>>>

/**
 * The gateway as it is installed, with its store, before a provider that always says the same: how much later what it
 * passes on arrives, how many streams it passes, and what memory they take; beside the provider itself, the least proxy
 * that Node can be, and LiteLLM's where it is installed (`python3 -m venv .venv-bench`, `pip install 'litellm[proxy]'`).
 */
export async function gatewayLoad(): Promise<readonly Finding[]> {
  const upstream = await startUpstream()
  const [pipe, ours] = [await startPipe(upstream), await startGateway(upstream)]
  const litellm = await startLiteLlm(upstream, LITELLM_PORT)
  const lanes: Partial<Record<Lane, Served>> = {
    direct: versioned(upstream),
    pipe: versioned(pipe),
    ours,
    ...(litellm === null ? {} : { litellm }),
  }
  try {
    const paced = await inLanes(lanes, PACED)
    const burst = await inLanes(lanes, BURST)
    return [...latencies(paced), ...throughputs(burst), ...(await memory(upstream))]
  } finally {
    for (const served of [litellm, ours, pipe, upstream]) await served?.end()
  }
}

const versioned = (served: Served): Served => ({ ...served, url: `${served.url}/v1` })

async function inLanes(
  lanes: Partial<Record<Lane, Served>>,
  asked: typeof PACED,
): Promise<Partial<Record<Lane, LoadTaken[]>>> {
  const taken: Partial<Record<Lane, LoadTaken[]>> = {}
  for (let round = 0; round < ROUNDS; round++) {
    for (const [lane, served] of Object.entries(lanes) as [Lane, Served][]) {
      const once = await load(served, asked)
      if (once.failed > 0) throw new Error(`${lane}: ${once.failed} streams failed`)
      taken[lane] = [...(taken[lane] ?? []), once]
    }
  }
  return taken
}

function latencies({ direct = [], ours = [], litellm = [] }: Taken): readonly Finding[] {
  const added = (lane: readonly LoadTaken[], of: (taken: LoadTaken) => number) =>
    lane.map((taken, round) => of(taken) - of(direct[round] as LoadTaken))
  const chunk = (name: 'p50' | 'p99') => (taken: LoadTaken) => taken.chunk?.[name] ?? Number.NaN
  const rows = [
    ['p50', 2, chunk('p50')],
    ['p99', 15, chunk('p99')],
  ] as const
  return rows.flatMap(([name, target, of]) => {
    const finding = (lane: readonly LoadTaken[], who: string, most: number | null) =>
      findingOf(added(lane, of), {
        unit: 'ms',
        target: most,
        what: `${name} that a chunk arrives later ${who}`,
      })
    return [
      finding(ours, 'than from the provider, 50 streams', target),
      ...(litellm.length === 0 ? [] : [finding(litellm, "through LiteLLM's proxy", null)]),
    ]
  })
}

function throughputs({ direct = [], pipe = [], ours = [], litellm = [] }: Taken): readonly Finding[] {
  const rate = (lane: readonly LoadTaken[]) => median(lane.map(({ perSecond }) => perSecond)).toFixed(0)
  const ratio = (others: readonly LoadTaken[]) =>
    others.map(({ perSecond }, round) => perSecond / (ours[round]?.perSecond ?? Number.NaN))
  const rows: readonly (readonly [string, readonly LoadTaken[], number | null])[] = [
    ['the provider itself', direct, null],
    ['a bare pipe', pipe, 2],
    ["LiteLLM's proxy", litellm, 1],
  ]
  return rows
    .filter(([, lane]) => lane.length > 0)
    .map(([who, lane, target]) =>
      findingOf(ratio(lane), {
        unit: '×',
        target,
        what: `time of a stream (${rate(ours)}/s) against ${who} (${rate(lane)}/s)`,
      }),
    )
}

/** The memory that the system counts as the process's own, in MB: of a gateway that has just begun. */
async function memory(upstream: Served): Promise<readonly Finding[]> {
  const ours = await startGateway(upstream)
  try {
    const release = await hold(ours, OPEN_STREAMS)
    const status = readFileSync(`/proc/${ours.pid}/status`, 'utf8')
    const kib = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1])
    await release()
    return [
      findingOf([(kib * 1024) / 1e6], {
        unit: 'MB',
        target: 400,
        what: `memory with ${OPEN_STREAMS} streams open`,
      }),
    ]
  } finally {
    await ours.end()
  }
}
