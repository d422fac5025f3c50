import pc from 'picocolors'
import type { App } from '../app.ts'

/** Colours for one of the two outputs: on a terminal only, and not with NO_COLOR (https://no-color.org). */
export function coloursFor(app: App, output: 'stdout' | 'stderr'): ReturnType<typeof pc.createColors> {
  const isTty = output === 'stdout' ? app.stdoutIsTty : app.stderrIsTty
  return pc.createColors(isTty && !app.env.NO_COLOR && app.env.TERM !== 'dumb')
}
