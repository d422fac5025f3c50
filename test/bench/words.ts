import type { Random } from '../../src/regress/random.ts'

const WORDS = (
  'value name index path field model query filter user order item list cache key token type form view request response ' +
  'handler parser reader writer buffer stream line node tree state event error result option config default schema table ' +
  'column row cursor session client server route template context module package version release branch commit author ' +
  'message subject body header cookie signal timer task queue worker job batch chunk range slice offset limit page total ' +
  'count price budget report chart label title format encode decode escape quote trim split join merge sort group match ' +
  'search replace insert update delete create remove append extend resolve reject retry abort close open flush commit ' +
  'lock unlock acquire release validate normalise convert compare check ensure build render print dump load save fetch ' +
  'send receive accept dispatch register lookup collect reduce apply bind wrap nested related foreign primary unique ' +
  'empty missing invalid pending active current previous next first last local remote global public private static lazy ' +
  'async raw safe strict partial complete aware naive signed hidden locale timezone date time hour minute second year ' +
  'month week day url host port scheme domain address email phone country city street image file folder archive digest ' +
  'hash salt secret permission role group owner member team project issue label milestone comment review'
).split(' ')

const PROSE = (
  'the a of to in is that when with for not and it this as be by from on or but if should are was has have does than ' +
  'which into only because before after every each other while without there then also now still'
).split(' ')

/** Seeded words: frequent ones come often, as in code and in prose. */
export class Words {
  readonly #random: Random
  readonly #known: readonly string[]

  constructor(random: Random, known: readonly string[] = WORDS) {
    this.#random = random
    this.#known = known
  }

  /** The words of one topic: a file speaks of few things. */
  topic(size: number): Words {
    return new Words(
      this.#random,
      Array.from({ length: size }, () => this.word()),
    )
  }

  /** By Zipf's law, about. */
  word(): string {
    const at = Math.floor(this.#known.length * this.#random.uniform() ** 2)
    return this.#known[at] ?? 'value'
  }

  snake(): string {
    return this.#parts().join('_')
  }

  camel(): string {
    const [head = '', ...tail] = this.#parts()
    return head + tail.map(capital).join('')
  }

  pascal(): string {
    return this.#parts().map(capital).join('')
  }

  /** Eight to twenty words with a full stop. */
  sentence(): string {
    const length = 8 + this.#random.integer(13)
    const words = Array.from({ length }, () =>
      this.#random.uniform() < 0.45 ? (PROSE[this.#random.integer(PROSE.length)] ?? 'the') : this.word(),
    )
    return `${capital(words.join(' '))}.`
  }

  #parts(): string[] {
    return Array.from({ length: 1 + this.#random.integer(3) }, () => this.word())
  }
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1)
