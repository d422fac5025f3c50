import type { Episodes } from '../store/episodes.ts'
import { aboutOf } from './about.ts'
import { type AskedBudgets, budgetFindings } from './budget/report-budget.ts'
import type { Report, ReportName } from './document.ts'
import { type Findings, together } from './findings.ts'
import { type Subject, subjectOf } from './subject.ts'

/** What a report is made of. */
export interface ReportData {
  readonly episodes: Episodes
}

export interface ReportRequest {
  readonly name: Exclude<ReportName, 'plan'>
  /** What was asked for, for the reader: `model` and `gpt-5*`. */
  readonly asked: readonly (readonly [string, string])[]
  readonly budgets: AskedBudgets
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
  const { summary, excluded, sections } = findingsOf(subject, request)
  return {
    schema: 'report/1',
    name: request.name,
    title: TITLES[request.name],
    about: aboutOf(subject, request.asked),
    summary: data.episodes.size === 0 ? [NOTHING] : summary,
    excluded,
    sections,
  }
}

const NOTHING = 'There are no runs to report on: import some, or choose others.'

function findingsOf(subject: Subject, { name, budgets }: ReportRequest): Findings {
  const parts: Readonly<Record<Exclude<ReportRequest['name'], 'all'>, () => Findings>> = {
    budget: () => budgetFindings(subject, budgets),
    consumption: () => together([]),
    forecast: () => together([]),
    noise: () => together([]),
  }
  return name === 'all' ? together(Object.values(parts).map((part) => part())) : parts[name]()
}
