import type { z } from 'zod'
import type { EstimatesAsked } from '../routes/estimates.ts'
import type { Readiness as ReadinessSchema } from '../routes/health.ts'
import type { Models as ModelsSchema, Prices as PricesSchema } from '../routes/models.ts'
import type { PromotionAsked, Promotion as PromotionSchema, RollbackAsked } from '../routes/promotions.ts'
import type { ReportAsked as ReportAskedSchema, ReportName as ReportNameSchema } from '../routes/reports.ts'
import type { RunsAsked } from '../routes/runs.ts'
import type { ImportAnswer, UPLOAD_TYPES } from '../routes/trajectories.ts'
import type { EstimateAnswer, EstimateList } from '../schemas/estimate-answer.ts'
import type { EstimateAsked } from '../schemas/estimate-asked.ts'
import type { Problem as ProblemDocument } from '../schemas/problem-schema.ts'
import type {
  RunAsked,
  RunJob as RunJobSchema,
  RunList as RunListSchema,
  StoredRunSchema,
} from '../schemas/run-asked.ts'
import type { TrainingAsked, TrainingJob as TrainingJobSchema } from '../schemas/training.ts'
import type { VerdictAnswer, VerdictAsked } from '../schemas/verdict.ts'

// What is sent and answered, derived from the schemas that the service checks with; nothing of them is loaded.

/** Why a request could not be answered (RFC 9457). */
export type Problem = ProblemDocument

/** What is asked for a forecast. */
export type EstimateRequest = z.input<typeof EstimateAsked>
/** Forecasts of a task, one a model. */
export type Estimate = z.output<typeof EstimateAnswer>
/** A page of them. */
export type EstimatePage = z.output<typeof EstimateList>
/** Which estimates are listed; `limit` is of a page. */
export type EstimateFilter = Omit<z.output<typeof EstimatesAsked>, 'cursor' | 'limit'> & Page

/** Tasks, and the budget they are held against. */
export type VerdictRequest = z.input<typeof VerdictAsked>
/** Whether they stay within it. */
export type Verdict = z.output<typeof VerdictAnswer>

/** A run to be started. */
export type RunRequest = z.input<typeof RunAsked>
/** A run that was started on the service. */
export type RunJob = z.output<typeof RunJobSchema>
/** A run of its store. */
export type StoredRun = z.output<typeof StoredRunSchema>
/** A page of runs; those that go on are on the first one. */
export type RunPage = z.output<typeof RunListSchema>
/** Which runs are listed; `limit` is of a page. */
export type RunFilter = Omit<z.output<typeof RunsAsked>, 'cursor' | 'limit'> & Page

/** The media types of trajectories. */
export type TrajectoryType = (typeof UPLOAD_TYPES)[number]
/** What was taken in. */
export type Import = z.output<typeof ImportAnswer>

/** What is reported on. */
export type ReportName = z.output<typeof ReportNameSchema>
/** The form of a report, and of which runs it is. */
export type ReportRequest = z.input<typeof ReportAskedSchema>
/** JSON, or the text of another form. */
export type Report<Format> = Format extends 'html' | 'markdown' | 'csv' ? string : unknown

/** The bundle that forecasts, and what it knows. */
export type Models = z.output<typeof ModelsSchema>
/** A bundle to be put in force. */
export type PromotionRequest = z.input<typeof PromotionAsked>
/** The one before to be put in force. */
export type RollbackRequest = z.input<typeof RollbackAsked>
/** Which bundle is in force now. */
export type Promotion = z.output<typeof PromotionSchema>
/** Prices in force. */
export type Prices = z.output<typeof PricesSchema>

/** A bundle to be made. */
export type TrainingRequest = z.input<typeof TrainingAsked>
/** How that stands. */
export type TrainingJob = z.output<typeof TrainingJobSchema>

/** Whether an estimate would be answered and kept now. */
export type Readiness = z.output<typeof ReadinessSchema>

interface Page {
  /** So many on a page: 1 to 200. */
  readonly limit?: number
}
