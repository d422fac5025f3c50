import type { Store } from './open-store.ts'

/** A name that a provider answered with when a model was asked for, as exchanges of a gateway tell. */
export interface StoredAnswer {
  readonly asked: string
  readonly answered: string
  /** ISO 8601. */
  readonly firstAt: string
  readonly lastAt: string
}

/** Every name asked for with every name that answered: one step of the index each, however many exchanges there are. */
export function readAnsweredNames({ database }: Store): readonly StoredAnswer[] {
  const pluck = <Parameters extends unknown[]>(sql: string) =>
    database.prepare<Parameters, string | null>(sql).pluck()
  const nextAsked = pluck<[string]>('SELECT min(model_asked) FROM exchanges WHERE model_asked > ?')
  const nextAnswered = pluck<[string, string]>(
    'SELECT min(model_answered) FROM exchanges WHERE model_asked = ? AND model_answered > ?',
  )
  const times = (most: 'min' | 'max') =>
    pluck<[string, string]>(`SELECT ${most}(at) FROM exchanges WHERE model_asked = ? AND model_answered = ?`)
  const [first, last] = [times('min'), times('max')]
  const found: StoredAnswer[] = []
  for (let asked = nextAsked.get(''); asked != null; asked = nextAsked.get(asked))
    for (let answered = nextAnswered.get(asked, ''); answered != null; ) {
      const [firstAt, lastAt] = [first.get(asked, answered), last.get(asked, answered)]
      if (firstAt != null && lastAt != null) found.push({ asked, answered, firstAt, lastAt })
      answered = nextAnswered.get(asked, answered)
    }
  return found
}
