import type { Figure } from '../figure.ts'
import { escapeMarkup } from '../report-escape.ts'
import { figureSpec } from './figure-spec.ts'
import type { FigureSpec } from './layers.ts'
import type { Fonts } from './read-fonts.ts'

/** A figure that is drawn. */
export interface DrawnFigure {
  readonly svg: string
  /** In px of 1/96 inch. */
  readonly width: number
  /** In sentences, what of the figure's data is not in it. */
  readonly notes: readonly string[]
}

/** A figure as SVG; see `drawFigure`. */
export const figureSvg = async (figure: Figure, fonts: Fonts): Promise<string> =>
  (await drawFigure(figure, fonts)).svg

/**
 * Draws a figure as SVG, with its title and description for those who do not see it. Its font is named, not in it; the
 * same figure gives the same bytes, and its ids begin with its own, so that many can stand in one page.
 */
export async function drawFigure(figure: Figure, fonts: Fonts): Promise<DrawnFigure> {
  const { spec, notes } = figureSpec(figure, fonts)
  const drawn = await vegaSvg(spec)
  const [opening = '', width = '', height = ''] = OPENING.exec(drawn) ?? []
  const id = `figure-${escapeMarkup(figure.id)}`
  const svg = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`,
    ` role="img" aria-labelledby="${id}-title ${id}-desc">`,
    `<title id="${id}-title">${escapeMarkup(figure.title)}</title>`,
    `<desc id="${id}-desc">${escapeMarkup(figure.alt)}</desc>`,
    drawn
      .slice(opening.length)
      .replace(/<[^>]*>/g, (tag) => slim(tag, id))
      .replaceAll(EMPTY, ''),
  ].join('')
  return { svg, width: Number(width), notes }
}

const OPENING = /^<svg[^>]* width="([\d.]+)" height="([\d.]+)"[^>]*>/

/** Vega is large: it is loaded when the first figure is drawn. */
async function vegaSvg(spec: FigureSpec): Promise<string> {
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
      attribute.replace(/-?(?<!\d)\d+\.\d{3,}(?:e-?\d+)?/g, (digits) =>
        String(Math.round(Number(digits) * 100) / 100),
      ),
    )
    .replace(/ id="([^"]+)"/g, ` id="${id}-$1"`)
    .replace(/url\(#([^)]+)\)/g, `url(#${id}-$1)`)
}

/** The frames of groups, which are not to be seen. */
const EMPTY = /<path d="[^"]*" display="none"\/>|<path d="M0,0h0v0h0Z"\/>/g
