import { showSafely } from './escape.ts'

/** Shows a text that changes: in one place on a terminal; elsewhere each time anew, where it has changed. */
export interface LiveScreen {
  readonly show: (text: string) => void
  readonly end: () => void
}

const UP = (lines: number): string => (lines === 0 ? '' : `\u001b[${lines}A\r\u001b[J`)

/** @param write where it is shown, which is a terminal or is not */
export function liveScreen(write: (text: string) => void, isTty: boolean): LiveScreen {
  let shown = ''
  return {
    show(text) {
      const safe = showSafely(text)
      if (safe === shown) return
      write(isTty ? UP(shown.split('\n').length - 1) + safe : safe)
      shown = safe
    },
    end() {
      shown = ''
    },
  }
}
