import type { Plan } from '../../runner/plan.ts'
import { type Subject, subjectOf } from '../subject.ts'
import { type Assumed, agreementIn, type Outlook, outlookOf } from './assumptions.ts'
import { type Design, detectableDifference } from './design.ts'
import type { PlanKnowledge } from './knowledge.ts'
import { type Family, familiesOf, systemsOf, tasksIn } from './planned.ts'
import { allSpend, type Spend, type SystemSpend, spendOf } from './spend.ts'

/** Everything that is said of a plan before it is run; the sections only put it into words. */
export interface PlanOutlook {
  readonly plan: Plan
  readonly systems: readonly SystemOutlook[]
  readonly families: readonly FamilyOutlook[]
  /** The family in which a difference is hardest to see. */
  readonly hardest: FamilyOutlook
  readonly all: SystemSpend
}

export interface SystemOutlook extends Outlook {
  readonly spend: SystemSpend
  /** What its forecast dollars take for granted. */
  readonly notes: readonly string[]
}

export interface FamilyOutlook {
  readonly family: Family
  readonly design: Design
  readonly agreement: Assumed
  /** The smallest difference that 8 of 10 tries show, 0–1; null = none. */
  readonly detectable: number | null
}

/** Pure: the same plan and knowledge, the same outlook. */
export function planOutlook(plan: Plan, { episodes, forecasts }: PlanKnowledge): PlanOutlook {
  const subject = subjectOf(episodes)
  const systems = systemsOf(plan).map((system) => systemOutlook(plan, system, { subject, forecasts }))
  const families = familiesOf(plan).map((family) => familyOutlook(plan, family, systems))
  const [first, ...rest] = families
  if (first === undefined) throw new Error('a plan without anything to run')
  return {
    plan,
    systems,
    families,
    hardest: rest.reduce((hardest, one) => (leastSeen(one) > leastSeen(hardest) ? one : hardest), first),
    all: { usd: together(systems, 'usd'), totalTokens: together(systems, 'totalTokens') },
  }
}

const leastSeen = ({ detectable }: FamilyOutlook): number => detectable ?? Number.POSITIVE_INFINITY

function together(systems: readonly SystemOutlook[], quantity: keyof SystemSpend): Spend {
  return allSpend(systems.map(({ system, spend }) => ({ name: system.name, spend: spend[quantity] })))
}

interface Around {
  readonly subject: Subject
  readonly forecasts: PlanKnowledge['forecasts']
}

function systemOutlook(plan: Plan, system: Outlook['system'], { subject, forecasts }: Around): SystemOutlook {
  const own = forecasts.filter(({ agent, model }) => agent === system.agent && model === system.model)
  const outlook = outlookOf(plan, system, { subject, forecasts: own })
  const spend = spendOf(plan, outlook, own)
  const notes = spend.usd.basis === 'forecast' ? own.flatMap((forecast) => forecast.notes) : []
  return { ...outlook, spend, notes: [...new Set(notes)] }
}

/** What never happened so far may yet: a design without any chance in it would show everything. */
const RAREST = 0.01

function familyOutlook(plan: Plan, family: Family, systems: readonly SystemOutlook[]): FamilyOutlook {
  const members = systems.filter(({ system }) => family.systems.some(({ name }) => name === system.name))
  const mean = (of: (one: SystemOutlook) => number): number =>
    members.reduce((sum, one) => sum + of(one), 0) / members.length
  const agreement = agreementIn(family, members)
  const design: Design = {
    tasks: tasksIn(plan),
    repeats: plan.repeats,
    rate: Math.min(
      1 - RAREST,
      Math.max(
        RAREST,
        mean(({ rate }) => rate.value),
      ),
    ),
    consistency: mean(({ consistency }) => consistency.value),
    agreement: agreement.value,
    comparisons: family.comparisons,
  }
  return { family, design, agreement, detectable: detectableDifference(design) }
}
