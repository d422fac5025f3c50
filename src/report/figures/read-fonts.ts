import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { type Font, parseFont } from './font.ts'

/** The two faces of every report, so that labels are there, and as wide, on a machine without fonts. */
export interface Fonts {
  readonly regular: Font
  readonly bold: Font
  /** Paths of the same, for programs that read font files by themselves. */
  readonly files: readonly string[]
}

/** Source Sans 3 (SIL Open Font Licence 1.1), regular and semi-bold. */
export function readFonts(): Fonts {
  const { resolve } = createRequire(import.meta.url)
  const [regular, bold] = FILES.map((file) => resolve(`@expo-google-fonts/source-sans-3/${file}`))
  if (regular === undefined || bold === undefined) throw new Error('no font files')
  return {
    regular: parseFont(readFileSync(regular)),
    bold: parseFont(readFileSync(bold)),
    files: [regular, bold],
  }
}

const FILES = ['400Regular/SourceSans3_400Regular.ttf', '600SemiBold/SourceSans3_600SemiBold.ttf']
