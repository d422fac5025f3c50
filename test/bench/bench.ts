/**
 * `npm run bench`: measures what the program costs against a thing that everybody knows, in one run on one machine, and
 * prints the ratio with its target beside it. Nothing fails: a ratio off its target is a question, not a verdict.
 *
 *     npm run bench -- [--only NAME]... [--repository PATH [--commit COMMIT]]
 *
 * Needs `dist`, which `npm run bench` builds first.
 */
import { parseArgs } from 'node:util'
import { batchThroughput } from './batch-throughput.ts'
import { boosting } from './boosting/boosting.ts'
import { boostingCurve } from './boosting/boosting-curve.ts'
import { coldEstimate } from './cold-estimate.ts'
import { coldGate } from './cold-gate.ts'
import { episodes } from './episodes.ts'
import { firstIndex } from './first-index.ts'
import { gatewayLoad } from './gateway/gateway-load.ts'
import { importRate } from './import-rate.ts'
import { ownTraining } from './learning/own-training.ts'
import { reportAll } from './report-all.ts'
import { repositoryFor } from './repository.ts'
import { sandboxOverhead } from './sandbox-overhead.ts'
import { learningSwap } from './service/learning-swap.ts'
import { serviceLoad } from './service/service-load.ts'
import { serviceSoak } from './service/service-soak.ts'
import { startUp } from './start-up.ts'
import { headText, measurementText } from './table.ts'
import { removeTemporaryFolders } from './temporary.ts'
import { training } from './training.ts'
import { warmEstimate } from './warm-estimate.ts'

const MEASUREMENTS = {
  estimate: warmEstimate,
  index: firstIndex,
  'start-up': startUp,
  memory: coldEstimate,
  gate: coldGate,
  gateway: gatewayLoad,
  sandbox: sandboxOverhead,
  service: serviceLoad,
  'learning-swap': learningSwap,
  import: importRate,
  episodes,
  report: reportAll,
  batch: batchThroughput,
  train: training,
  boosting,
} as const

/** Minutes each: only where they are asked for by name. */
const ON_DEMAND = {
  'service-soak': serviceSoak,
  'boosting-curve': boostingCurve,
  'own-training': ownTraining,
} as const

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    repository: { type: 'string' },
    commit: { type: 'string' },
  },
})

const strangers = values.only?.filter((name) => !Object.hasOwn({ ...MEASUREMENTS, ...ON_DEMAND }, name)) ?? []
if (strangers.length > 0) {
  process.stderr.write(
    `--only ${strangers.join(', ')}: there are ${Object.keys({ ...MEASUREMENTS, ...ON_DEMAND }).join(', ')}\n`,
  )
  process.exit(2)
}

process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))
process.on('exit', removeTemporaryFolders)

process.stdout.write(headText())
const repository = repositoryFor(values.repository ?? null, values.commit ?? null)
for (const [name, measure] of Object.entries({ ...MEASUREMENTS, ...ON_DEMAND })) {
  if (values.only === undefined ? name in ON_DEMAND : !values.only.includes(name)) continue
  process.stdout.write(measurementText(name, await measure(repository), values))
}
