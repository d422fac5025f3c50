import { bootstrapInterval } from '../metrics/bootstrap.ts'
import { intervalCoverage } from '../metrics/coverage.ts'
import { pearson } from '../metrics/pearson.ts'
import { pinballLoss } from '../metrics/pinball.ts'
