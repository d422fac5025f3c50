/** A share for people, never rounded to nothing or to certainty: `<1 %`, `37 %`, `>99 %`. */
export function shortPercent(share: number): string {
  if (share > 0 && share < 0.01) return '<1 %'
  if (share < 1 && share > 0.99) return '>99 %'
  return `${Math.round(share * 100)} %`
}

/** What a feature means, without the scale it is measured on: `log lines of tests` → `lines of tests`. */
export function inWords(meaning: string): string {
  return meaning.replace(/^log /, '').replace(/^1 if /, 'whether ')
}
