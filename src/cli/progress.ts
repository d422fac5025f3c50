import { setImmediate } from 'node:timers/promises'
import type { App } from '../app.ts'

export interface ProgressBar {
  show(done: number, all: number): void
  /** For work whose end is not known. */
  count(done: number): void
  end(): void
}

const WIDTH = 24
const FIRST_AFTER_MS = 2000
const EVERY_MS = 250

/**
 * Runs long work that tells of each step: shows a bar, and lets signals in between two steps, so that the work ends
 * when the user interrupts it.
 */
export async function inSteps<Result>(
  app: App,
  what: string,
  work: (onStep: (done: number, all: number) => Promise<void>) => Promise<Result>,
): Promise<Result> {
  const bar = progressBar(app, what)
  try {
    return await work(async (done, all) => {
      bar.show(done, all)
      await setImmediate()
      app.signal.throwIfAborted()
    })
  } finally {
    bar.end()
  }
}

/** A bar with rate and time left on a terminal, from the second second on; nothing elsewhere. */
export function progressBar(app: Pick<App, 'now' | 'note' | 'stderrIsTty'>, what: string): ProgressBar {
  const startMs = app.now()
  let shownMs = startMs + FIRST_AFTER_MS - EVERY_MS
  let shown = false
  const rate = (done: number) => (done * 1000) / (shownMs - startMs)
  const due = (): boolean => {
    const nowMs = app.now()
    if (!app.stderrIsTty || nowMs - shownMs < EVERY_MS) return false
    shownMs = nowMs
    shown = true
    return true
  }
  return {
    count(done) {
      if (due()) app.note(`\r${what} ${done}, ${rate(done).toFixed(1)}/s `)
    },
    show(done, all) {
      if (!due()) return
      const perSecond = rate(done)
      const full = Math.round((WIDTH * done) / all)
      const left = done === 0 ? '?' : Math.round((all - done) / perSecond)
      app.note(
        `\r${what} ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${done}/${all}, ${perSecond.toFixed(1)}/s, ${left} s left `,
      )
    },
    end() {
      if (shown) app.note('\n')
    },
  }
}
