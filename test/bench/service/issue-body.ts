import { seededRandom } from '../../../src/regress/random.ts'
import { Words } from '../words.ts'

const CHARS = 1500
const TEXTS = 200

/** Requests of 1.7 kB: an issue of its own for each number, the same for the same. */
export function issueBodies(models: readonly string[] = ['gpt-5']): (number: number) => string {
  const named = JSON.stringify(models)
  const texts = Array.from({ length: TEXTS }, (_, i) => JSON.stringify(issueText(i)))
  return (number) =>
    `{"id":"bench-${number}","issue":{"title":"Rows are lost (${number})","body":${texts[number % TEXTS]}},"models":${named}}`
}

function issueText(seed: number): string {
  const words = new Words(seededRandom(seed))
  let text = ''
  while (text.length < CHARS) text += `${words.sentence()}, see src/${words.snake()}/${words.snake()}.py.\n`
  return text.slice(0, CHARS)
}
