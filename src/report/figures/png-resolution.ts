import { crc32 } from 'node:zlib'

/** A PNG that says how large it is to be printed: the chunk pHYs before the pixels (PNG, third edition, 11.3.4.3). */
export function withResolution(png: Uint8Array, dotsPerInch: number): Uint8Array {
  const perMetre = Math.round(dotsPerInch / 0.0254)
  const chunk = new Uint8Array(21)
  const view = new DataView(chunk.buffer)
  view.setUint32(0, 9)
  chunk.set(new TextEncoder().encode('pHYs'), 4)
  view.setUint32(8, perMetre)
  view.setUint32(12, perMetre)
  chunk[16] = 1
  view.setUint32(17, crc32(chunk.subarray(4, 17)))
  const whole = new Uint8Array(png.length + chunk.length)
  whole.set(png.subarray(0, HEADER))
  whole.set(chunk, HEADER)
  whole.set(png.subarray(HEADER), HEADER + chunk.length)
  return whole
}

/** The signature and the chunk IHDR, which is always the first. */
const HEADER = 8 + 25
