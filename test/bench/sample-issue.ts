import { seededRandom } from '../../src/regress/random.ts'
import { type Issue, makeIssue } from '../../src/task/issue.ts'
import { definition } from './synthetic-code.ts'
import { Words } from './words.ts'

/** An issue of so many bytes, as bug reports are: prose, a program that shows the bug, what it printed. Seeded. */
export function sampleIssue(bytes: number, seed: number): Issue {
  const random = seededRandom(seed)
  const words = new Words(random).topic(60)
  const title = `${words.pascal()}.${words.snake()}() crashes: ${words.sentence().slice(0, 60)}`
  const parts: string[] = []
  for (let length = 0; length < bytes; ) {
    const part = [prose, program, output][parts.length % 3]?.(words, random) ?? ''
    parts.push(part)
    length += part.length
  }
  return makeIssue({
    title,
    body: parts.join('').slice(0, bytes - title.length - 1),
    source: { kind: 'text' },
  })
}

type Part = (words: Words, random: ReturnType<typeof seededRandom>) => string

const prose: Part = (words) => {
  const sentences = Array.from({ length: 6 }, () => words.sentence())
  return `${sentences.join(' ')} See \`${words.snake()}\` in \`src/${words.word()}/${words.snake()}.py\`.\n\n`
}

const program: Part = (words, random) =>
  `### Steps to reproduce\n\n\`\`\`python\nclass ${words.pascal()}:\n${definition('py', words, random)}\`\`\`\n\n`

const output: Part = (words, random) => {
  const frames = Array.from(
    { length: 6 },
    () =>
      `  File "src/${words.word()}/${words.snake()}.py", line ${random.integer(900)}, in ${words.snake()}\n    return self.${words.snake()}(${words.snake()})\n`,
  )
  return `\`\`\`\nTraceback (most recent call last):\n${frames.join('')}${words.pascal()}Error: ${words.sentence()}\n\`\`\`\n\n`
}
