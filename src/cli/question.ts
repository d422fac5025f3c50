import type { App } from '../app.ts'

/** Asks before anything is paid for, where somebody is there to answer. */
export async function isAgreed(
  app: App,
  { yes, replay }: { readonly yes: boolean; readonly replay?: string | undefined },
): Promise<boolean> {
  if (yes || replay !== undefined || !app.stdinIsTty || !app.stderrIsTty) return true
  app.note('Start? [y/N] ')
  for await (const piece of app.stdin()) {
    const isYes = /^\s*y(es)?\s*$/i.test(piece.toString())
    if (!isYes) app.note('nothing was started\n')
    return isYes
  }
  return false
}
