import type { ExchangeRow } from '../store/exchange-table.ts'
import { oneLine } from './estimate-notes.ts'
import { shortTime } from './run-bill-text.ts'
import { table } from './text-layout.ts'

const HEADS = ['exchange', 'asked', 'ended', 'stop', 'tools', 'sent', 'got', 'first', 'took']

/** What the gateway saw of a run, one exchange a line; nothing where it saw none. */
export function exchangesText(exchanges: readonly ExchangeRow[], columns: number): string {
  if (exchanges.length === 0) return ''
  const rows = exchanges.map((exchange, i) => [String(i + 1), ...cells(exchange)])
  const lines = table([HEADS, ...rows], { columns, left: 5, dispensable: [7, 5, 6, 3], flexible: 4 })
  return `\n${lines.join('\n')}\n`
}

function cells(exchange: ExchangeRow): string[] {
  const { kind, path, status, ending, retry, stopReason, tools } = exchange
  const [answered, again] = [status === null ? '' : ` ${status}`, retry === 0 ? '' : `, try ${retry + 1}`]
  return [
    kind === 'generate' ? shortPath(path) : kind,
    `${ending}${answered}${again}`,
    oneLine(stopReason ?? ''),
    oneLine(tools.join(', ')),
    shortBytes(exchange.requestBytes),
    shortBytes(exchange.replyBytes),
    exchange.firstByteMs === null ? '' : timeText(exchange.firstByteMs),
    timeText(exchange.latencyMs),
  ]
}

/** `chat`, `responses`, `messages`, `generateContent`. */
const shortPath = (path: string): string =>
  path.replace(/\/completions$/, '').replace(/^.*[/:]/, '') || 'completions'

const timeText = (ms: number): string => (ms < 1000 ? `${Math.round(ms)} ms` : shortTime(ms / 1000))

/** `950 B`, `22.8 kB`, `1.01 MB`. */
function shortBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`
  return bytes < 999_500 ? `${(bytes / 1000).toPrecision(3)} kB` : `${(bytes / 1e6).toPrecision(3)} MB`
}
