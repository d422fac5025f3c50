import type { Commit } from '../task/history.ts'
import { extractor } from './extractor.ts'

const DAY = 86_400

/** What has happened lately to the code the issue points at. */
export const past = extractor({
  describe: {
    past_commits_per_month: 'log commits a month in the repository',
    past_paths_per_commit: 'log mean number of files a commit touches',
    past_fix_share: 'share of commits whose subject speaks of a fix',
    past_hit_breadth: 'log mean number of files in the commits to those files',
    past_hit_age_days: 'log days since the best file last changed, where that is in the history read',
    past_hit_untouched: 'share of the best ten files without a recent commit',
    past_subject_overlap: 'best share of the title found in the subject of a recent commit',
    past_hit_tests: 'share of the commits to those files that also touch a test',
  },
  extract: ({ snapshot, findings, parts }) => {
    if (snapshot?.history == null || findings === null || snapshot.history.length === 0) return null
    const { history, committedAt } = snapshot
    const top = findings.hits.file.all.slice(0, 10)
    const commitsTo = commitsByPath(history)
    const near = top.slice(0, 3).flatMap(({ file }) => commitsTo.get(file.path) ?? [])
    const span = committedAt - Math.min(...history.map(({ at }) => at))
    const latest = top[0] ? commitsTo.get(top[0].file.path)?.[0] : undefined
    return {
      past_commits_per_month: Math.log1p(history.length / Math.max(1 / 30, span / DAY / 30)),
      past_paths_per_commit: meanPaths(history),
      past_fix_share: history.filter(({ subject }) => /\bfix/i.test(subject)).length / history.length,
      past_hit_breadth: near.length === 0 ? null : meanPaths(near),
      past_hit_age_days: latest ? Math.log1p(Math.max(0, committedAt - latest.at) / DAY) : null,
      past_hit_untouched:
        top.length === 0 ? null : top.filter(({ file }) => !commitsTo.has(file.path)).length / top.length,
      past_subject_overlap: overlap(parts.title, history),
      past_hit_tests:
        near.length === 0
          ? null
          : near.filter(({ paths }) => paths.some((p) => /test/.test(p))).length / near.length,
    }
  },
})

/** Which commits touched each path, newest first. */
export function commitsByPath(history: readonly Commit[]): ReadonlyMap<string, readonly Commit[]> {
  const commits = new Map<string, Commit[]>()
  for (const commit of history) {
    for (const path of commit.paths) {
      const list = commits.get(path)
      if (list) list.push(commit)
      else commits.set(path, [commit])
    }
  }
  return commits
}

const meanPaths = (commits: readonly Commit[]): number =>
  Math.log1p(commits.reduce((sum, { paths }) => sum + paths.length, 0) / commits.length)

const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(text.toLowerCase().match(/[a-z_]{3,40}/g) ?? [])

function overlap(title: string, history: readonly Commit[]): number | null {
  const asked = wordsOf(title)
  if (asked.size === 0) return null
  let best = 0
  for (const { subject } of history) {
    let shared = 0
    for (const word of wordsOf(subject)) if (asked.has(word)) shared++
    best = Math.max(best, shared / asked.size)
  }
  return best
}
