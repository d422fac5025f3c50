import { type Content, html } from './markup.ts'

/** What every page tells of the service that made it; part of every view. */
export interface PageAbout {
  readonly version: string
  /** The bundle that forecasts; null = none is loaded. */
  readonly bundle: string | null
  /** Who is signed in: the id of a key; `loopback` = from this machine, without one; null = nobody. */
  readonly actor: string | null
}

/** What a page is made of. */
export interface PageParts {
  readonly title: string
  readonly about: PageAbout
  /** Which of the pages in the navigation it belongs to; null = none. */
  readonly section: '/' | '/runs' | '/calibration' | '/docs' | null
  readonly main: Content
  /** It moves: the script is loaded. */
  readonly live?: boolean
  /** Where the same is as JSON; null = nowhere: it answers a form that was sent. Its own address where it is left out. */
  readonly jsonHref?: string | null
}

const SECTIONS = [
  ['/', 'Forecast'],
  ['/runs', 'Runs'],
  ['/calibration', 'Calibration'],
  ['/docs', 'API'],
] as const

/**
 * A page of the dashboard, whole. It asks for its own stylesheet and icon and, where it moves, its own script, and for
 * nothing else; there is no style or script in it, so that the strictest policy of content holds.
 */
export function renderPage({
  title,
  about,
  section,
  main,
  live = false,
  jsonHref = '?format=json',
}: PageParts): string {
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Foretoken</title>
<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/style.css">
${jsonHref !== null && html`<link rel="alternate" type="application/json" href="${jsonHref}">`}
${live && html`<script src="/assets/live.js" defer></script>`}
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
<header class="top">
<p class="brand">Foretoken</p>
<nav aria-label="Pages"><ul>
${SECTIONS.map(
  ([path, name]) =>
    html`<li><a href="${path}"${path === section ? html` aria-current="page"` : ''}>${name}</a></li>\n`,
)}</ul></nav>
</header>
<main id="main" tabindex="-1">
<h1>${title}</h1>
${main}
</main>
<footer>${footer(about, jsonHref)}</footer>
</body>
</html>
`
  return page.markup
}

function footer({ version, bundle, actor }: PageAbout, jsonHref: string | null): Content {
  const who = actor === null ? 'not signed in' : actor === 'loopback' ? 'from this machine' : `key ${actor}`
  const isKey = actor !== null && actor !== 'loopback'
  return html`<ul><li>Foretoken ${version}</li><li>${bundle === null ? 'no bundle is loaded' : `bundle ${bundle}`}</li><li>${who}</li>${jsonHref !== null && html`<li><a href="${jsonHref}">this page as JSON</a></li>`}</ul>${isKey && SIGN_OUT}`
}

const SIGN_OUT = html`<form method="post" action="/sign-out"><button type="submit">Sign out</button></form>`
