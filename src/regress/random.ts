/** A stream of pseudo-random numbers; the same seed gives the same stream on every machine. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  readonly uniform: () => number
  /** Uniform integer in [0, below). */
  readonly integer: (below: number) => number
  /** Standard normal. */
  readonly normal: () => number
}

/** xoshiro128** 1.1 (Blackman and Vigna 2018), its state filled by splitmix32 from any integer seed. */
export function seededRandom(seed: number): Random {
  const next = xoshiro(splitmix(seed))
  const uniform = (): number => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992
  return {
    uniform,
    integer: (below) => Math.floor(uniform() * below),
    // Box and Muller (1958), one of the pair: 1 − u keeps the logarithm finite.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  }
}

/** The items in random order, as a new array (Fisher–Yates). */
export function shuffled<T>(items: Iterable<T>, random: Random): T[] {
  const out = [...items]
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const held = out[i] as T
    out[i] = out[j] as T
    out[j] = held
  }
  return out
}

/** The raw generator: 32-bit outputs from a state of four 32-bit words, not all zero. */
export function xoshiro(state: readonly [number, number, number, number]): () => number {
  let [a, b, c, d] = state
  return () => {
    const out = Math.imul(rotated(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotated(d, 11)
    return out
  }
}

const rotated = (word: number, by: number): number => (word << by) | (word >>> (32 - by))

function splitmix(seed: number): [number, number, number, number] {
  let state = seed | 0
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0
    let word = state ^ (state >>> 16)
    word = Math.imul(word, 0x21f0aaad)
    word ^= word >>> 15
    word = Math.imul(word, 0x735a2d97)
    return word ^ (word >>> 15)
  }
  return [next(), next(), next(), next()]
}
