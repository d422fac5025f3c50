import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { skeleton } from '../../../fixtures/markup-skeleton.ts'
import { samplePages } from '../../../fixtures/pages.ts'

const HOSTILE: Readonly<Record<string, string>> = {
  'a script': '<script>alert(1)</script>',
  'an end of an attribute': '" onmouseover="alert(1)" x="',
  'an end of an attribute in single quotes': "' onfocus='alert(1)' autofocus='",
  'an end of the text area and of the title': '</textarea></title></style><img src=x onerror=alert(1)>',
  'markup of SVG': '</text></svg><svg onload=alert(1)>',
  'a comment': '<!-- --><![CDATA[',
  'an entity': '&lt;b&gt;&#60;b&#62;&amp;',
  'a template': '{{alert(1)}}`',
  'an address that runs': 'javascript:alert(1)',
  'another site': '//evil.example/',
  'a long word': 'x'.repeat(5000),
  'half a character': 'a\ud800b\udc00',
}

const ordinary = samplePages((text) => text)

describe('text of others', () => {
  for (const [what, hostile] of Object.entries(HOSTILE)) {
    it(`is never markup in any page: ${what}`, () => {
      const pages = samplePages((text) => `${text}${hostile}`)
      assert.ok(
        Object.values(pages).filter((page) => page.includes('alert(1)') || !hostile.includes('alert'))
          .length > 8,
      )
      for (const [name, page] of Object.entries(pages)) {
        const expected = samplePages((text) => `${text}${'y'.repeat(hostile.length)}`)[name] ?? ''
        assert.deepEqual(skeleton(page), skeleton(expected), name)
      }
    })
  }

  it('leads nowhere but to pages of this service', () => {
    const worlds = ['javascript:alert(1)', '//evil.example', '\\\\evil.example', 'https://evil.example']
    const pages = worlds.flatMap((hostile) => Object.values(samplePages(() => hostile)))
    const links = pages.flatMap((page) =>
      [...page.matchAll(/ (?:href|src|action|data-events)="([^"]*)"/g)].map(([, to]) => to ?? ''),
    )
    assert.ok(links.length > 100)
    assert.deepEqual(
      links.filter((to) => !/^(?:$|#|\?format=json$|\/(?![/\\]))/.test(to)),
      [],
    )
  })

  it('cannot reorder what is read: bidirectional controls and controls of terminals are gone', () => {
    const pages = samplePages((text) => `${text}\u202e\u2066\u200f\u061c\u0007\u001b[31m`)
    for (const page of Object.values(pages)) {
      assert.doesNotMatch(page, /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
      assert.doesNotMatch(page, /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/)
    }
  })
})

describe('every page', () => {
  for (const [name, page] of Object.entries(ordinary)) {
    it(`keeps the strictest policy, and has each id once: ${name}`, () => {
      assert.doesNotMatch(
        page,
        /<style|\sstyle=|<script(?! src="\/assets\/live\.js" defer><\/script>)|\son[a-z]+=/,
      )
      const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
      assert.deepEqual(ids.length, new Set(ids).size)
      const named = [...page.matchAll(/ (?:aria-labelledby|aria-describedby|for|list)="([^"]*)"/g)].flatMap(
        ([, of = '']) => of.split(' '),
      )
      assert.deepEqual(
        named.filter((id) => !ids.includes(id)),
        [],
      )
      assert.equal(page.match(/<h1/g)?.length, 1)
      assert.match(page, /^<!doctype html>\n<html lang="en">/)
      // In the documentation null is a type.
      assert.doesNotMatch(
        page,
        name === 'docs' ? /\b(?:NaN|undefined)\b/ : /\b(?:NaN|Infinity|undefined|null)\b|\[object/,
      )
    })
  }
})
