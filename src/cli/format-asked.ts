import type { App } from '../app.ts'

/** The format a command line asks for, read before it is parsed: a failure to parse is answered in it too. */
export function formatAsked(app: Pick<App, 'args' | 'env'>): string {
  const end = app.args.indexOf('--')
  const args = end < 0 ? app.args : app.args.slice(0, end)
  const at = args.findLastIndex((arg) => arg === '--format' || arg.startsWith('--format='))
  const flag = args[at]?.startsWith('--format=') ? args[at].slice('--format='.length) : args[at + 1]
  return (at < 0 ? undefined : flag) || app.env.FORETOKEN_FORMAT || 'text'
}
