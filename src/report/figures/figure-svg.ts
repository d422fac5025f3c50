import type { Figure } from '../figure.ts'
import { escapeMarkup } from '../report-escape.ts'
import { figureSpec } from './figure-spec.ts'
import type { FigureSpec } from './layers.ts'
import type { Fonts } from './read-fonts.ts'

/**
 * A figure as SVG, with its title and description for those who do not see it. Its font is named, not in it; the same
 * figure gives the same bytes, and its ids begin with its own, so that many can stand in one page.
 */
export async function figureSvg(figure: Figure, fonts: Fonts): Promise<string> {
  const drawn = await draw(figureSpec(figure, fonts))
  const size = /^<svg[^>]* width="([\d.]+)" height="([\d.]+)"[^>]*>/.exec(drawn)
  const [opening = '', width = '0', height = '0'] = size ?? []
  const id = `figure-${figure.id}`
  const inside = drawn
    .slice(opening.length)
    .replace(/<[^>]*>/g, (tag) => slim(tag, id))
    .replaceAll(EMPTY, '')
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` role="img" aria-labelledby="${id}-title ${id}-desc">`,
    `<title id="${id}-title">${escapeMarkup(figure.title)}</title>`,
    `<desc id="${id}-desc">${escapeMarkup(figure.alt)}</desc>`,
    inside,
  ].join('')
}

/** Vega is large: it is loaded when the first figure is drawn. */
async function draw(spec: FigureSpec): Promise<string> {
  const [{ compile }, { parse, View }] = await Promise.all([import('vega-lite'), import('vega')])
  const view = new View(parse(compile(spec).spec), { renderer: 'none' })
  try {
    return await view.toSVG()
  } finally {
    view.finalize()
  }
}

/** A tag without what only scripts and readers of parts need, and with coordinates to a hundredth of a px. */
function slim(tag: string, id: string): string {
  // The rim of words is drawn under them.
  const halo =
    tag.startsWith('<text') && tag.includes(' stroke=')
      ? tag.replace('<text', '<text paint-order="stroke"')
      : tag
  return halo
    .replace(/ (?:class|role|aria-[a-z]+|pointer-events|opacity)="(?!0\.)[^"]*"/g, '')
    .replace(/ (?:d|transform|x2|y2)="[^"]*"/g, (attribute) =>
      attribute.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (digits) =>
        String(Math.round(Number(digits) * 100) / 100),
      ),
    )
    .replace(/ id="([^"]+)"/g, ` id="${id}-$1"`)
    .replace(/url\(#([^)]+)\)/g, `url(#${id}-$1)`)
}

/** The frames of groups, which are not to be seen. */
const EMPTY = /<path d="[^"]*" display="none"\/>|<path d="M0,0h0v0h0Z"\/>/g
