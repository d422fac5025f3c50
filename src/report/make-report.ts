import type { Episodes } from '../store/episodes.ts'
import { aboutOf } from './about.ts'
import { type AskedBudgets, budgetFindings } from './budget/report-budget.ts'
import { type ConsumptionData, consumptionFindings } from './consumption/report-consumption.ts'
import type { Exclusion, Report, ReportName } from './document.ts'
import { type Findings, together } from './findings.ts'
import { type ForecastData, forecastFindings } from './forecast/report-forecast.ts'
import { noiseFindings } from './noise/report-noise.ts'
import { spendingSection } from './reproduction/spending.ts'
import { sweEffiSection } from './reproduction/swe-effi.ts'
import { tokenTrackingSection } from './reproduction/token-tracking.ts'
import { type Subject, subjectOf } from './subject.ts'
import { withUniqueIds } from './unique-ids.ts'

/** What a report is made of. */
export interface ReportData extends ConsumptionData, ForecastData {
  readonly episodes: Episodes
  /** It is the public corpus, of which figures are published: they are made anew. */
  readonly isCorpus: boolean
}

export interface ReportRequest {
  readonly name: Exclude<ReportName, 'plan'>
  /** What was asked for, for the reader: `model` and `gpt-5*`. */
  readonly asked: readonly (readonly [string, string])[]
  readonly budgets: AskedBudgets
  /** Differences of rates within it count as none, 0–1. */
  readonly margin: number
}

const TITLES: Readonly<Record<ReportRequest['name'], string>> = {
  budget: 'What a budget buys',
  consumption: 'What agents spend',
  forecast: 'How well spending was foreseen',
  noise: 'How much is noise',
  all: 'What agents spend, what a budget buys, and how much is noise',
}

/** The report, from the data alone: same data, same report. */
export function makeReport(data: ReportData, request: ReportRequest): Report {
  const subject = subjectOf(data.episodes)
  const { summary, unsaid = [], excluded, sections } = findingsOf(subject, data, request)
  return {
    schema: 'report/1',
    name: request.name,
    title: TITLES[request.name],
    about: aboutOf(subject, request.asked),
    summary: [...(data.episodes.size === 0 ? [NOTHING] : []), ...summary, ...new Set(unsaid)],
    excluded: onceEach(excluded),
    sections: withUniqueIds(sections),
  }
}

/** Two analyses may leave out the same. */
const onceEach = (excluded: readonly Exclusion[]): readonly Exclusion[] => [
  ...new Map(excluded.map((one) => [JSON.stringify(one), one])).values(),
]

const NOTHING = 'There are no runs to report on: import some, or choose others.'

function findingsOf(subject: Subject, data: ReportData, request: ReportRequest): Findings {
  const parts: Readonly<Record<Exclude<ReportRequest['name'], 'all'>, () => Findings>> = {
    budget: () => together([budgetFindings(subject, request.budgets), madeAnew(subject, data)]),
    consumption: () =>
      together([
        // In the report of everything the part on budgets has told of the classes.
        consumptionFindings(subject, data, { withClasses: request.name !== 'all' }),
        besideOurs(subject, data),
      ]),
    forecast: () => forecastFindings(data),
    noise: () => noiseFindings(subject, request.margin),
  }
  return request.name === 'all' ? together(Object.values(parts).map((part) => part())) : parts[request.name]()
}

/** The published tables on budgets that the corpus allows to make anew. */
function madeAnew(subject: Subject, { isCorpus, published }: ReportData): Findings {
  if (!isCorpus) return together([])
  const sections = [tokenTrackingSection(published), sweEffiSection(subject, published)].filter(
    (section) => section !== null,
  )
  return { summary: sections.flatMap(({ words }) => words.slice(0, 1)), excluded: [], sections }
}

/** The published figures of spending beside those of the corpus. */
function besideOurs(subject: Subject, data: ReportData): Findings {
  const section = data.isCorpus ? spendingSection(subject, data) : null
  return { summary: [], excluded: [], sections: section === null ? [] : [section] }
}
