import { remembered } from './remembered.ts'

const DAY = '(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?'
const MONTH =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)'
const CLOCK = String.raw`\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?[AaPp]\.?[Mm]\b\.?)?`
const ZONE = String.raw`(?:Z\b| ?[+-]\d\d:?\d\d\b| (?:UTC|GMT|[A-Z]{2,4}T)\b)?`

/**
 * What changes in a text from run to run though the same is meant, and what stands for it; applied in this order.
 * Every pattern takes time linear in the text: it comes from models and tools.
 */
const VOLATILE: readonly (readonly [pattern: RegExp, stands: string])[] = [
  // As it is, and behind what tells whose it is: `fco_01a2234b-…`.
  [/(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-z])/gi, '<uuid>'],
  // Ids that providers and clients make, for tool calls, messages and replies.
  [
    /\b(?:call|toolu|srvtoolu|fc|rs|msg|resp|item|chatcmpl|req|gen|sess|session|thread|run)[_-](?=\w{0,40}\d)\w{8,}\b/g,
    '<id>',
  ],
  // What shells and clients number as they go: `Chunk ID: 7f1cc2`.
  [
    /\b((?:chunk|session|process|thread|job|shell|request|trace|conversation)[ _-]id)(["']?[:=# ]{1,3}["']?)(?=\w{0,64}\d)[\w-]{1,64}/gi,
    '$1$2<id>',
  ],
  // The system that it runs on, as `uname -a` tells it.
  [/\bLinux \d[\w.+-]{0,60} #[^\n<]{0,120}?\b(x86_64|aarch64)\b/g, 'Linux <version> $1'],
  [/\b(time ?zone)(["']?[:=>]{1,2} ?["']?)[A-Za-z][\w/+-]{0,40}/gi, '$1$2<zone>'],
  // A client's version and check sum in the prompt, for the provider's books.
  [/\b(cc_version|cch)=[\w.]+/g, '$1=<version>'],
  // Dates and times.
  [
    new RegExp(String.raw`\b\d{4}([-/])\d{1,2}\1\d{1,2}(?:[T ,]{1,2}${CLOCK}${ZONE}|T\d{6}Z?)?(?!\w)`, 'g'),
    '<time>',
  ],
  [/\b20\d{6}T\d{6}Z?\b/g, '<time>'],
  [/\b\d{4}-\d\d-\d\d[T_]\d\d[_.-]\d\d[_.-]\d\d(?:[_.-]\d{1,9})?Z?/g, '<time>'],
  [
    new RegExp(
      String.raw`\b(?:${DAY},? )?(?:${MONTH} +\d{1,2}(?:st|nd|rd|th)?|\d{1,2}(?:st|nd|rd|th)?[ -]${MONTH}(?! +\d{1,2} ))\b(?:,?[ -]{1,2}\d{4}\b)?(?:,? (?:at )?${CLOCK}${ZONE}(?: \d{4}\b${ZONE})?)?`,
      'g',
    ),
    '<time>',
  ],
  [/\b\d{1,2}([/.])\d{1,2}\1(?:19|20)\d\d\b/g, '<time>'],
  [new RegExp(String.raw`\b\d{1,2}:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?[AaPp][Mm]\b)?${ZONE}`, 'g'), '<time>'],
  [new RegExp(String.raw`\b${DAY}\b(?=,? <time>)`, 'g'), '<day>'],
  [/\b1[5-9]\d{8}(?:\d{3}|\d{6}|\d{9})?(?:\.\d{1,9})?\b/g, '<time>'],
  // Where it runs: temporary folders (with the one made in them), homes, ports, processes, addresses.
  [/(?:\/private)?\/var\/folders\/[\w+-]+\/[\w+-]+\/[TC](?:\/[\w.@+-]+)?/g, '<folder>'],
  [/(?:\/private)?(?:\/var)?\/tmp\/[\w.@+-]+/g, '<folder>'],
  [/(?<![\w.])\/(?:home|Users)\/[\w.@+-]+/g, '<home>'],
  [/(?<![\w.])\/root\b/g, '<home>'],
  [/\b[A-Za-z]:(\\{1,4}|\/)Users\1[\w.@+-]+(?:\1AppData\1Local\1Temp(?:\1[\w.@+-]+)?)?/g, '<home>'],
  [/(\blocalhost|\b\d{1,3}(?:\.\d{1,3}){3}|\[::1?\]):\d{2,5}\b/g, '$1:<port>'],
  [/\b([Pp]orts?)([ :=]{1,3})\d{2,5}\b/g, '$1$2<port>'],
  [/\b([Pp][Ii][Dd]|[Pp]rocess(?: [Ii][Dd])?)([ :=#]{1,3})\d+\b/g, '$1$2<pid>'],
  [/\((node|python|ruby):\d+\)/g, '($1:<pid>)'],
  [/\b0x[0-9a-fA-F]{6,}\b/g, '<id>'],
  // How long it took, and how many tokens a client counts in an output that tells of it.
  [
    /\b(\w{0,20}(?:duration|elapsed|latency)(?:_\w{1,12})?)(["']?[ :=]{1,3})\d+(?:\.\d+)?/gi,
    '$1$2<duration>',
  ],
  [/\b(token count)(: )\d+/gi, '$1$2<count>'],
  [/\b\d+m ?\d+(?:\.\d+)?s\b/g, '<duration>'],
  [/\b\d+(?:\.\d+)? ?(?:[nuµm]?s|secs?|seconds?|milliseconds?|mins?|minutes?)\b/g, '<duration>'],
  // Versions, that of the client among them, and ids that look like chance: hashes, keys of caches, random names.
  [/\bv?\d+\.\d+\.\d+(?:[-+.][\w.]+)*/g, '<version>'],
  [/\b(?=[0-9a-f]{0,40}\d)(?=[0-9a-f]{0,40}[a-f])[0-9a-f]{7,}\b/g, '<id>'],
  [
    /\b(?=[A-Za-z0-9]{0,40}\d)(?=[A-Za-z0-9]{0,40}[A-Z])(?=[A-Za-z0-9]{0,40}[a-z])[A-Za-z0-9]{16,}\b/g,
    '<id>',
  ],
]

/** A text with all that changes from run to run replaced by what it is: `took 34 ms` is `took <duration>`. */
export const steadyText: (text: string) => string = remembered((text) =>
  VOLATILE.reduce((steady, [pattern, stands]) => steady.replace(pattern, stands), text),
)
