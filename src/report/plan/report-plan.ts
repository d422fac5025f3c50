import type { Plan } from '../../runner/plan.ts'
import type { Report } from '../document.ts'
import { costSection, costWords } from './cost-section.ts'
import { detectionSection } from './detection-section.ts'
import { infraSection } from './infra-section.ts'
import type { PlanKnowledge } from './knowledge.ts'
import { warningsOf } from './mind.ts'
import { type PlanOutlook, planOutlook } from './outlook.ts'
import { runsIn, tasksIn } from './planned.ts'
import { requirementsSection, requirementWords } from './requirements-section.ts'
import { runsSection } from './runs-section.ts'

/** What a plan would cost and show, before it is run. Pure: the same plan and knowledge, the same report. */
export function planReport(plan: Plan, knowledge: PlanKnowledge, asked: Report['about'] = []): Report {
  const outlook = planOutlook(plan, knowledge)
  return {
    schema: 'report/1',
    name: 'plan',
    title: 'What a plan would show, and what it would cost',
    about: aboutOf(plan, knowledge, asked),
    summary: [headline(outlook), ...requirementWords(outlook), ...warningsOf(outlook)],
    excluded: [],
    sections: [
      runsSection(outlook),
      costSection(outlook),
      detectionSection(outlook),
      requirementsSection(outlook),
      infraSection(outlook),
    ],
  }
}

function aboutOf(plan: Plan, { episodes }: PlanKnowledge, asked: Report['about']): Report['about'] {
  const count = (value: number) => value.toLocaleString('en-US')
  return [
    ['tasks', count(tasksIn(plan))],
    ['repeats', count(plan.repeats)],
    ['compared', plan.compare ?? 'nothing'],
    ['runs', count(runsIn(plan))],
    ['runs looked at', count(episodes.size)],
    ...asked,
  ]
}

/** `This plan makes 1,200 runs for about $480 (8 in 10: $390 – $610) and would show differences of 6.1 pp or more.` */
function headline({ plan, all, families }: PlanOutlook): string {
  const runs = runsIn(plan)
  const makes = `This plan makes ${runs.toLocaleString('en-US')} ${runs === 1 ? 'run' : 'runs'}${costWords(all.usd)}`
  const shown = families.flatMap(({ detectable }) => detectable ?? [])
  if (shown.length === 0) return `${makes} and would show no difference, however large.`
  const points = (value: number) => `${(value * 100).toFixed(1)} pp`
  const [least, most] = [points(Math.min(...shown)), points(Math.max(...shown))]
  const between = plan.compare === null ? '' : ` between ${plan.compare}`
  const what = least === most ? `${least} or more` : `${least} to ${most} or more, by what is compared`
  const rest = shown.length < families.length ? ', and none in the others' : ''
  return `${makes} and would show differences${between} of ${what}${rest}.`
}
