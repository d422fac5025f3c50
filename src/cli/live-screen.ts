import type { App } from '../app.ts'
import { showSafely } from './escape.ts'

/** Shows a text that changes: in one place on a terminal; elsewhere each time anew, where it has changed. */
export interface LiveScreen {
  readonly show: (text: string) => void
  readonly end: () => void
}

const UP = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A\r\u001b[J`)

export function liveScreen({ note, stderrIsTty }: Pick<App, 'note' | 'stderrIsTty'>): LiveScreen {
  let shown = ''
  return {
    show(text) {
      const safe = showSafely(text)
      if (safe === shown) return
      note(stderrIsTty ? UP(shown.split('\n').length - 1) + safe : safe)
      shown = safe
    },
    end() {
      shown = ''
    },
  }
}
