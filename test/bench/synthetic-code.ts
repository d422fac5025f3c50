import type { Random } from '../../src/regress/random.ts'
import type { Words } from './words.ts'

/** A source file in pieces, so that a commit can change one. */
export interface SyntheticFile {
  readonly path: string
  readonly language: 'py' | 'ts'
  readonly words: Words
  readonly blocks: string[]
}

/** Bytes of half of the files are fewer than this; sizes are log-normal, as in real repositories. */
const MEDIAN_BYTES = 3300
const LOG_SD = 1.05
const MOST_BYTES = 80_000

/** A file of a size drawn anew, about a topic of its own. */
export function syntheticFile(number: number, folder: string, random: Random, all: Words): SyntheticFile {
  const words = all.topic(25)
  const language = random.uniform() < 0.7 ? 'py' : 'ts'
  const test = random.uniform() < 0.35
  const path = `${test ? 'tests' : 'src'}/${folder}/${test ? 'test_' : ''}${words.snake()}_${number}.${language}`
  const size = Math.min(MOST_BYTES, MEDIAN_BYTES * Math.exp(LOG_SD * random.normal()))
  const blocks = [head(language, words, random)]
  for (let bytes = 0; bytes < size; ) {
    const block = definition(language, words, random)
    blocks.push(block)
    bytes += block.length
  }
  return { path, language, words, blocks }
}

/** One function or method with its documentation. */
export function definition(language: 'py' | 'ts', words: Words, random: Random): string {
  return language === 'py' ? pythonFunction(words, random) : typescriptFunction(words, random)
}

function head(language: 'py' | 'ts', words: Words, random: Random): string {
  const lines = Array.from({ length: 3 + random.integer(8) }, () =>
    language === 'py'
      ? `from ${words.word()}.${words.snake()} import ${words.pascal()}, ${words.snake()}`
      : `import { ${words.camel()}, type ${words.pascal()} } from './${words.word()}.ts'`,
  )
  const opening = language === 'py' ? `\n\nclass ${words.pascal()}(${words.pascal()}):\n` : '\n'
  return `${lines.join('\n')}\n${opening}`
}

function pythonFunction(words: Words, random: Random): string {
  const name = words.snake()
  const doc = random.uniform() < 0.4 ? `        """${words.sentence()}"""\n` : ''
  const body = Array.from({ length: 2 + random.integer(12) }, () => pythonLines(words, random))
  return `    def ${name}(self, ${words.snake()}, ${words.snake()}=None):\n${doc}${body.join('')}        return ${words.snake()}\n\n`
}

function pythonLines(words: Words, random: Random): string {
  const [a, b, c] = [words.snake(), words.snake(), words.snake()]
  switch (random.integer(7)) {
    case 0:
      return `        if ${a} is not None and ${b} != '${words.word()}':\n            ${c} = ${a}.${b}(${random.integer(100)})\n`
    case 1:
      return `        for ${a} in self.${b}.${c}():\n            ${c}.append(${a}['${words.word()}'])\n`
    case 2:
      return `        # ${words.sentence()}\n`
    case 3:
      return `        self.assertEqual(${a}.${b}, {'${words.word()}': ${c}, '${words.word()}': ${random.integer(1000)}})\n`
    case 4:
      return `        raise ${words.pascal()}('${words.sentence()}')\n`
    default:
      return `        ${a} = self.${b}(${c}, ${words.snake()}=${words.pascal()}.${words.snake()})\n`
  }
}

function typescriptFunction(words: Words, random: Random): string {
  const doc = random.uniform() < 0.4 ? `/** ${words.sentence()} */\n` : ''
  const body = Array.from({ length: 2 + random.integer(12) }, () => typescriptLines(words, random))
  const parameters = `${words.camel()}: ${words.pascal()}, ${words.camel()}: string`
  return `${doc}export function ${words.camel()}(${parameters}): ${words.pascal()} {\n${body.join('')}  return ${words.camel()}\n}\n\n`
}

function typescriptLines(words: Words, random: Random): string {
  const [a, b, c] = [words.camel(), words.camel(), words.camel()]
  switch (random.integer(6)) {
    case 0:
      return `  if (${a} !== undefined && ${b}.${c} > ${random.integer(100)}) {\n    throw new ${words.pascal()}('${words.sentence()}')\n  }\n`
    case 1:
      return `  for (const ${a} of ${b}.${c}()) {\n    ${c}.push({ ${a}, ${words.camel()}: '${words.word()}' })\n  }\n`
    case 2:
      return `  // ${words.sentence()}\n`
    case 3:
      return `  const ${a} = ${b}.map((${c}) => ${c}.${words.camel()} ?? ${random.integer(1000)})\n`
    default:
      return `  const ${a} = await this.${b}(${c}, ${words.camel()}.${words.camel()})\n`
  }
}
