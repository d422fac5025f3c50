import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { type Bundle, formatBundle, parseBundle } from '../../../src/forecast/bundle.ts'
import { listBundles, readBundle } from '../../../src/forecast/read-bundle.ts'
import { failsWith } from '../../fixtures/known-failure.ts'
import { BUNDLE_ID, syntheticBundle, syntheticModels, writeBundle } from '../../fixtures/synthetic-bundle.ts'
import { temporaryFolder } from '../../fixtures/temporary-folder.ts'

const bundle = await syntheticBundle()
const text = formatBundle(bundle)
const refused = (damaged: string, named: RegExp) =>
  assert.throws(() => parseBundle(damaged, 'x/model.json'), failsWith('bundle-corrupt', named))

/** The bundle with one part changed, and an honest hash over the result. */
function changed(
  change: (copy: { [Key in keyof Bundle]: unknown } & Record<string, unknown>) => void,
): string {
  const copy = structuredClone(bundle) as never
  change(copy)
  const body = JSON.stringify(copy)
  return `{"sha256":"${createHash('sha256').update(body).digest('hex')}",\n"bundle":${body}}\n`
}

describe('a bundle', () => {
  it('is the same after it was written and read', () => {
    assert.deepEqual(parseBundle(text, 'x'), bundle)
    assert.equal(formatBundle(parseBundle(text, 'x')), text)
  })

  it('is refused when any of its bytes is another', () => {
    const bytes = Buffer.from(text)
    const steps = Math.ceil(bytes.length / 150)
    const at = [...bytes.keys()].filter((i) => i % steps === 0 || i < 90 || i >= bytes.length - 20)
    for (const i of at) {
      const damaged = Buffer.from(bytes)
      damaged[i] = (damaged[i] as number) ^ 1
      refused(damaged.toString('latin1'), /^x\/model\.json (has hash|does not (begin|end) like)/)
    }
  })

  it('is refused when it is cut, has more behind it, or is not a bundle at all', () => {
    for (const share of [0, 0.1, 0.5, 0.999])
      refused(text.slice(0, share * text.length), /does not (begin|end)/)
    refused(text.trimEnd(), /does not end like a bundle/)
    refused(`${text}\n`, /does not end|has hash/)
    refused(`${text}{}\n`, /has hash/)
    for (const foreign of ['', '{}', '[]', 'null', '{"name":"foretoken","version":"1.0.0"}\n', '\0\u0001']) {
      refused(foreign, /does not begin like a bundle/)
    }
  })

  it('is refused when its hash is right and its content is not', () => {
    refused(
      changed((copy) => Object.assign(copy, { schema: 'bundle/2' })),
      /\/schema: .*bundle\/1/,
    )
    refused(
      changed((copy) => Object.assign(copy, { pairs: [] })),
      /\/pairs/,
    )
    refused(
      changed((copy) => Object.assign(copy, { tasks: '80' })),
      /\/tasks/,
    )
    refused(
      changed((copy) => delete copy.heads),
      /\/heads/,
    )
    refused(
      changed((copy) => Object.assign(copy, { noiseCorrelation: null })),
      /\/noiseCorrelation/,
    )
  })

  it('is refused when it was made for other features, with the name of one', () => {
    const rename = (copy: object) => {
      const columns = (copy as Bundle).heads.issue.encoding.columns.length as string[]
      columns[1] = 'moon_phase'
    }
    refused(changed(rename), /made for other features: length has moon_phase where this version has \w+/)
    const lose = (copy: object) => ((copy as Bundle).heads.issue.encoding.columns.length as string[]).pop()
    refused(changed(lose), /length has nothing where this version has \w+/)
  })

  it('is refused when its parts do not fit each other', () => {
    const misfits: readonly (readonly [(copy: Bundle) => void, RegExp])[] = [
      [({ heads }) => heads.repository.quantities.total.shared.pop(), /weights of total: \d+, not \d+/],
      [({ heads }) => heads.issue.quantities.output.series.pop(), /series of output: 2, not 3/],
      [({ heads }) => heads.issue.quantities.output.series[0]?.own.weights.pop(), /own weights of output/],
      [
        ({ heads }) => heads.issue.quantities.output.series[0]?.hinted?.weights.pop(),
        /hinted weights of output/,
      ],
      [({ heads }) => heads.repository.encoding.scales.spread?.pop(), /scales of spread/],
      [({ residuals }) => residuals.new.pop(), /pairs in the residuals of new: 2, not 3/],
      [({ residuals }) => residuals.known[0]?.plain.total.pop(), /residuals of output/],
      [({ resolved }) => resolved.levels.pop(), /levels of P\(resolved\): 2, not 3/],
    ]
    for (const [change, named] of misfits)
      refused(
        changed((copy) => change(copy as unknown as Bundle)),
        named,
      )
  })

  it('is refused without a single residual, from which no range can be made', () => {
    const empty = (copy: object) => {
      const plain = (copy as Bundle).residuals.issue[1]?.plain
      plain?.output.splice(0)
      plain?.total.splice(0)
    }
    refused(changed(empty), /0 residuals of 80 tasks/)
  })
})

describe('a folder of bundles', () => {
  it('lists the folders with a model in them, and reads the last by name unless one is named', async () => {
    const folder = await syntheticModels()
    writeBundle(folder, 'another-1', text)
    mkdirSync(join(folder, 'zz-half-made'))
    writeFileSync(join(folder, 'zz-notes.md'), 'notes')
    assert.deepEqual(await listBundles(folder), ['another-1', BUNDLE_ID])
    assert.deepEqual(await readBundle(folder, null), bundle)
    assert.deepEqual(await readBundle(folder, 'another-1'), bundle)
  })

  it('has no bundle of a name that is a path, or that is not there', async () => {
    const folder = await syntheticModels()
    for (const id of ['nope', '..', '../models/synthetic-1', '', '/etc']) {
      await assert.rejects(readBundle(folder, id), failsWith('bundle-not-found', / in \/.*models$/))
    }
    await assert.rejects(readBundle(folder, 'nope'), { fix: `there is ${BUNDLE_ID}` })
    await assert.rejects(readBundle(join(folder, 'absent'), null), failsWith('bundle-not-found', /^any in /))
    await assert.rejects(readBundle(temporaryFolder(), null), failsWith('bundle-not-found', /^any in /))
  })

  it('names the file of a bundle that is damaged, is a folder, or is far too large', async () => {
    const folder = temporaryFolder()
    writeBundle(folder, 'damaged', text.replace('gpt-5', 'gpt-6'))
    writeBundle(folder, 'huge', '')
    truncateSync(join(folder, 'huge', 'model.json'), 3 * 2 ** 30)
    mkdirSync(join(folder, 'nested', 'model.json'), { recursive: true })
    await assert.rejects(
      readBundle(folder, 'damaged'),
      failsWith('bundle-corrupt', /damaged.model\.json has hash/),
    )
    await assert.rejects(
      readBundle(folder, 'huge'),
      failsWith('bundle-corrupt', /huge.model\.json has 3,221,225,472 bytes/),
    )
    await assert.rejects(readBundle(folder, 'nested'), failsWith('bundle-corrupt', /cannot be read/))
  })
})
