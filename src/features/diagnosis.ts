import { extractor } from './extractor.ts'

/** What lines of code look like. */
const CODE = {
  diag_internals:
    /\bself\b|\bcls\b|\braise\b|^\s*return\b|\*\*?kwargs|\bthis\.|^\s*@\w|\bthrow\b|^\s*(el)?if .*:$|\belse\b/,
  diag_script: /^\s*(>>> ?|In ?\[\d+\]: ?)?(import|from) |print\(|^\w[\w.]* = |^[\w.]+\(.*\)$|console\.log/,
  diag_output: /^\s*File "|^\s*[[({<]?-?\d[\d.,\s]*|^\s*\S+Error\b|^={3,}|^-{3,}/,
} as const

/** Looked for in the title and the whole body. */
const WHOLE = {
  diag_type_errors:
    /\b(Type|Attribute|Key|Index|Name|Import|Unbound\w*|Recursion|NotImplemented|NullPointer|Reference)(Error|Exception)\b/g,
  diag_value_errors:
    /\b(Value|Assertion|Runtime|Validation|Integrity|Operational|OS|Unicode\w*|Syntax)(Error|Exception)\b/g,
  diag_source_links: /\/blob\/\S+|#L\d+|\.(py|js|ts|java|go|rs|c|rb):\d+/g,
  diag_environment:
    /\b(linux|windows|mac ?os|darwin|ubuntu|x86_64|gcc|anaconda|conda|pip|python[ :=]*[23]\.\d|version)\b/gi,
  diag_numbers: /\b\d+(\.\d+)*\b/g,
  diag_caps: /\b[A-Z]{3,}\b/g,
} as const

/** Looked for in the title and the sentences, in small letters. */
const PROSE = {
  diag_internal_words:
    /\b(methods?|functions?|arguments?|args|kwargs|attributes?|calls?|called|parameters?|raises?|returns?|class|checks?|regex|constructor|signature)\b/g,
  diag_behaviour_words:
    /\b(expect\w*|seems?|wrong\w*|should|works?|behaviou?r|result\w*|output|shows?n?|displays?|renders?|instead|correct\w*|unexpected\w*)\b/g,
  diag_hedges:
    /\b(seems?|perhaps|maybe|might|not sure|probably|possibly|apparently|i think|guess|could be|looks like)\b/g,
  diag_conditions: /\b(if|when|only|with|unless|while|where|whenever|both|then)\b/g,
  diag_first_person: /\b(i|we|my|our|me|i'm|i've)\b/g,
  diag_patch_words: /\b(fix(ed|es|ing)?|patch(ed|es)?|pull request|pr|commit|solution|workaround)\b/g,
  diag_negations: /\b(not|n't|no|never|without|cannot|can't|doesn't|don't|isn't|none)\b/g,
} as const

/**
 * How far the reporter has got: from "this looks wrong to me as a user" to "this line of the code is the cause". A
 * crash at a named place is found at once; behaviour described from outside has to be traced.
 */
export const diagnosis = extractor({
  describe: {
    diag_internals: 'share of the code shown that is library code (self, raise, return, decorators)',
    diag_script: 'share of the code shown that is a script (imports, prints, plain calls)',
    diag_output: 'share of the code shown that is output',
    diag_type_errors: 'mentions of errors that point at a line (type, attribute, key, index, name)',
    diag_value_errors: 'mentions of errors about values and assertions',
    diag_source_links: 'links into source code',
    diag_internal_words: 'log mentions of methods, arguments, attributes, calls',
    diag_behaviour_words: 'log mentions of what is seen, expected or wrong',
    diag_hedges: 'log mentions of not being sure',
    diag_conditions: 'log mentions of conditions: if, when, only, with, unless',
    diag_first_person: 'log mentions of the reporter',
    diag_patch_words: 'log mentions of a fix, a patch or a pull request',
    diag_environment: 'log mentions of systems and versions',
    diag_negations: 'log negations',
    diag_numbers: 'log numbers in the text',
    diag_caps: 'log words in capitals',
  },
  extract: ({ parts }) => {
    const prose = `${parts.title}\n${parts.prose.join('\n')}`.toLowerCase()
    const whole = `${parts.title}\n${parts.body}`
    return {
      ...each(CODE, (pattern) => share(parts.code, pattern)),
      ...each(WHOLE, (pattern) => times(whole, pattern)),
      ...each(PROSE, (pattern) => times(prose, pattern)),
    }
  },
})

function each<Name extends string>(
  patterns: Readonly<Record<Name, RegExp>>,
  measure: (pattern: RegExp) => number,
): Record<Name, number> {
  const names = Object.keys(patterns) as Name[]
  return Object.fromEntries(names.map((name) => [name, measure(patterns[name])])) as Record<Name, number>
}

const share = (lines: readonly string[], pattern: RegExp): number =>
  lines.length === 0 ? 0 : lines.filter((line) => pattern.test(line.slice(0, 500))).length / lines.length

const times = (text: string, pattern: RegExp): number => Math.log1p(text.match(pattern)?.length ?? 0)
