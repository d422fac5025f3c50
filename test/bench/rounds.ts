/** Something that takes a time and tells it, in milliseconds. */
export type Timed = () => Promise<number> | number

/**
 * Runs two things in turn, A B B A A B …, so that a machine that grows slower or faster treats both alike; the times of
 * one round stand at one index. A round before the first is thrown away.
 */
export async function inTurn(
  rounds: number,
  a: Timed,
  b: Timed,
): Promise<{ readonly a: readonly number[]; readonly b: readonly number[] }> {
  const times = { a: [] as number[], b: [] as number[] }
  const take = { a: async () => times.a.push(await a()), b: async () => times.b.push(await b()) }
  await a()
  await b()
  for (let round = 0; round < rounds; round++) {
    const [first, second] = round % 2 === 0 ? [take.a, take.b] : [take.b, take.a]
    await first()
    await second()
  }
  return times
}

/** How long something takes, in milliseconds. */
export async function timeOf(run: () => unknown): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}
