import { extractor } from './extractor.ts'

/** What each request sounds like, in small letters. */
const PATTERNS = {
  asks_defect: /\bbugs?\b|\bbroken\b|\bfails?\b|\bincorrect|\bdoes ?n[o']t work|\berror\b|\bissue\b/,
  asks_crash: /\bcrash|\braises?\b|\bthrows?\b|\bexception\b|\btraceback\b|\bsegfault|\w(error|exception)\b/,
  asks_wrong: /\bwrong|\bincorrect|\bunexpected|\binvalid\b|\binconsistent|\bmissing\b|\bignored?\b/,
  asks_feature:
    /\badd (support|a|an|option)|\bsupport for\b|\bfeature\b|\benhancement|\ballow\b|\bwould be (nice|useful|great)|\bprovide\b/,
  asks_change: /\brename|\bdeprecat|\bremove\b|\breplace\b|\brefactor|\bchange the\b|\bmove\b|\bconsider\b/,
  asks_docs: /\bdocs?\b|\bdocumentation|\bdocstring/,
  asks_tests: /\btests?\b/,
  asks_regression:
    /\bregression|\bused to\b|\bno longer\b|\bsince (version )?\d|\bpreviously\b|\bworked (in|with|before|fine)/,
  asks_performance: /\bslow|\bperformance|\bmemory\b|\bspeed|\binefficien|\boptimi[sz]/,
  asks_expected: /\bexpect/,
  asks_steps: /\breproduc|\bsteps\b|\bexample\b|\bminimal\b/,
  asks_fix:
    /\bfix(es|ed)? (is|would|by|could|might)|\bsuggest|\bpropos|\bpatch\b|\bpull request\b|\bpr\b|\bsolution\b|\bshould be (changed|replaced)/,
  asks_instead: /\binstead of\b|\bshould (be|use|call|return|have)\b|\brather than\b/,
  asks_small: /\bsimpl[ey]|\btrivial|\btypo|\bminor\b|\beasy\b|\bsmall\b|\bjust\b|\bmicro/,
  asks_missing:
    /\bmissing\b|\bforg[eo]t|\blacks?\b|\bnot (handled|checked|called|implemented|supported)\b|\bdoes ?n[o']t (handle|check|call|support)/,
  asks_cause:
    /\bbecause\b|\bcaused? by\b|\bthe (problem|reason|cause) is\b|\bdue to\b|\bintroduced (in|by)\b|\bculprit|\bline \d/,
  asks_discussion:
    /\balternative|\boption(s)? (are|would|1|a)\b|\bor maybe\b|\bperhaps\b|\bthoughts\b|\bdiscuss|\bopinion|\bon the other hand\b/,
  asks_platform:
    /\bwindows\b|\bmac ?os\b|\blinux\b|\bpython ?[23]|\bpostgres|\bmysql|\boracle\b|\bsqlite\b|\bnumpy ?\d|\bbackend/,
} as const

/** What is asked for: a defect mended, something new, a decision. */
export const request = extractor({
  describe: {
    asks_defect: '1 if it reports a defect',
    asks_crash: '1 if something crashes or raises',
    asks_wrong: '1 if a result is wrong',
    asks_feature: '1 if it asks for something new',
    asks_change: '1 if it asks to change, rename, deprecate or remove',
    asks_docs: '1 if it speaks of documentation',
    asks_tests: '1 if it speaks of tests',
    asks_regression: '1 if it once worked',
    asks_performance: '1 if it is about speed or memory',
    asks_questions: 'question marks in the prose',
    asks_expected: '1 if it says what was expected',
    asks_steps: '1 if it says how to reproduce it',
    asks_fix: '1 if it proposes a fix',
    asks_instead: '1 if it says what should stand instead of what',
    asks_small: '1 if it calls itself small, simple or a typo',
    asks_missing: '1 if something is missing or forgotten',
    asks_cause: '1 if it names a cause or a line',
    asks_discussion: '1 if several ways are weighed',
    asks_platform: '1 if it depends on a platform, database or version',
  },
  extract: ({ parts }) => {
    const text = `${parts.title}\n${parts.prose.join('\n')}`.toLowerCase()
    const heard = Object.entries(PATTERNS).map(([name, pattern]) => [name, pattern.test(text) ? 1 : 0])
    return {
      ...(Object.fromEntries(heard) as Record<keyof typeof PATTERNS, number>),
      asks_questions: Math.log1p(text.split('?').length - 1),
    }
  },
})
