import { LIVE_SCRIPT } from './live-script.ts'
import { PAGE_STYLE } from './page-style.ts'

/** A file that the pages ask for. */
export interface Asset {
  readonly path: string
  readonly contentType: string
  readonly text: string
}

/** A range with its middle, as in the charts. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#005a94"/><rect x="2" y="6" width="12" height="4" rx="1" fill="#a9cfe8"/><rect x="8" y="4" width="2" height="8" fill="#fff"/></svg>
`

/** All of them. */
export const ASSETS: readonly Asset[] = [
  { path: '/assets/style.css', contentType: 'text/css; charset=utf-8', text: PAGE_STYLE },
  { path: '/assets/live.js', contentType: 'text/javascript; charset=utf-8', text: LIVE_SCRIPT },
  { path: '/assets/icon.svg', contentType: 'image/svg+xml', text: ICON },
]
