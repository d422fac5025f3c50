/** The file of tables in the order of their tags, each at a multiple of four. */
export function fontFile(tables: readonly (readonly [tag: string, bytes: Uint8Array])[]): Uint8Array {
  const padded = tables.map(([, bytes]) => joined([bytes, new Uint8Array(-bytes.length & 3)]))
  const power = Math.floor(Math.log2(tables.length))
  const header = new DataView(new ArrayBuffer(12 + 16 * tables.length))
  header.setUint32(0, 0x00010000)
  header.setUint16(4, tables.length)
  header.setUint16(6, 16 * 2 ** power)
  header.setUint16(8, power)
  header.setUint16(10, 16 * (tables.length - 2 ** power))
  let offset = header.byteLength
  for (const [index, [tag, { length }]] of tables.entries()) {
    const [at, content] = [12 + 16 * index, padded[index] ?? new Uint8Array()]
    for (let j = 0; j < 4; j++) header.setUint8(at + j, tag.charCodeAt(j))
    for (const [j, value] of [checksum(content), offset, length].entries())
      header.setUint32(at + 4 + 4 * j, value)
    offset += content.length
  }
  const file = joined([bytesOf(header), ...padded])
  const head = viewOf(file).getUint32(12 + 16 * tables.findIndex(([tag]) => tag === 'head') + 8)
  viewOf(file).setUint32(head + 8, (0xb1b0afba - checksum(file)) >>> 0)
  return file
}

function checksum(bytes: Uint8Array): number {
  let sum = 0
  for (let at = 0; at < bytes.length; at += 4) sum = (sum + viewOf(bytes).getUint32(at)) >>> 0
  return sum
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

export const bytesOf = (view: DataView): Uint8Array =>
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength)

export const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
