/** What has the same key has the same number, from 0 in the order in which they come. */
export function numbered(rows: Int32Array, key: (row: number, place: number) => number): Int32Array {
  const numbers = new Map<number, number>()
  return rows.map((row, place) => {
    const own = key(row, place)
    const number = numbers.get(own) ?? numbers.size
    numbers.set(own, number)
    return number
  })
}
