import { LIVE_SCRIPT } from './live-script.ts'
import { PAGE_STYLE } from './page-style.ts'

/** A file that the pages ask for. */
export interface Asset {
  readonly path: string
  readonly contentType: string
  readonly text: string
}

/** All of them. */
export const ASSETS: readonly Asset[] = [
  { path: '/assets/style.css', contentType: 'text/css; charset=utf-8', text: PAGE_STYLE },
  { path: '/assets/live.js', contentType: 'text/javascript; charset=utf-8', text: LIVE_SCRIPT },
]
