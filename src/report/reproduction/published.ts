/** Figures that others published, as `data/published.csv` holds them: study, row, figure, value. */
export type Published = ReadonlyMap<string, number>

const key = (study: string, row: string, figure: string): string => JSON.stringify([study, row, figure])

export function publishedOf(
  rows: readonly {
    readonly study: string
    readonly row: string
    readonly figure: string
    readonly value: number
  }[],
): Published {
  return new Map(rows.map(({ study, row, figure, value }) => [key(study, row, figure), value]))
}

/** A published figure; null where there is none. */
export const publishedFigure = (
  published: Published,
  study: string,
  [row, figure]: readonly [row: string, figure: string],
): number | null => published.get(key(study, row, figure)) ?? null

/** The rows of a study that tell a figure, in order. */
export function publishedRows(published: Published, study: string, figure: string): readonly string[] {
  return [...published.keys()]
    .map((text) => JSON.parse(text) as [string, string, string])
    .filter(([of, , told]) => of === study && told === figure)
    .map(([, row]) => row)
}
