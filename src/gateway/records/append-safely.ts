import type { Journal } from './journal.ts'
import type { JournalEntry } from './journal-entry.ts'
import { troubleOf } from './trouble-of.ts'

/**
 * Appends to a journal, and goes on where that cannot be done: no reply ends because of a full disk. What the journal does
 * not take is in the store soon after all the same, unless the gateway is killed before.
 * @param onTrouble told once when it cannot be written, and once when it can again
 */
export function appendSafely(
  { file, append }: Pick<Journal, 'file' | 'append'>,
  onTrouble: (message: string) => void,
): (entry: JournalEntry) => void {
  let isTroubled = false
  return (entry) => {
    const trouble = troubleOf(() => append(entry), file)
    if (trouble !== null && !isTroubled)
      onTrouble(`${trouble}; until it can be written, a kill loses records`)
    if (trouble === null && isTroubled) onTrouble('the journal can be written again')
    isTroubled = trouble !== null
  }
}
