import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { takeApart } from '../../../src/features/issue-parts.ts'

const partsOf = (body: string, title = '') => takeApart({ title, body })

describe('an issue taken apart', () => {
  it('has the sentences apart from the code, fenced or not', () => {
    const { prose, code, fences } = partsOf(
      ['It fails:', '', '```python', 'plain words', '```', '    x = f(1)', '>>> y', 'Why is that?'].join(
        '\n',
      ),
    )
    assert.deepEqual(prose, ['It fails:', 'Why is that?'])
    assert.deepEqual(code, ['plain words', '    x = f(1)', '>>> y'])
    assert.equal(fences, 1)
  })

  it('reads a fence that is never closed to the end', () => {
    assert.deepEqual(partsOf('a\n~~~\nb\nc').code, ['b', 'c'])
  })

  it('has the names of code in it, each once', () => {
    const { identifiers } = partsOf(
      'Call `get_url()` of QuerySet or models.Field, then get_url and camelCase, not Word.',
    )
    assert.deepEqual(identifiers, ['get_url', 'QuerySet', 'models.Field', 'camelCase'])
  })

  it('has the names in sentences and title apart', () => {
    const { proseIdentifiers } = partsOf('some_name\n```\nother_name\n```', 'The title_name')
    assert.deepEqual(proseIdentifiers, ['title_name', 'some_name'])
  })

  it('drops the comments of issue templates', () => {
    assert.equal(partsOf('a<!-- x\ny -->b<!-- z -->c').body, 'abc')
    assert.equal(partsOf('a<!-- open').body, 'a<!-- open')
    assert.equal(partsOf('a --> b').body, 'a --> b')
  })

  it('has the files of stack traces in Python, Java and compilers', () => {
    const { frames } = partsOf(
      [
        '  File "/usr/lib/a.py", line 3, in f',
        '  at com.x.Foo.bar(Foo.java:12)',
        'src/b.c:7: error',
        'b.c',
      ].join('\n'),
    )
    assert.deepEqual(frames, ['/usr/lib/a.py', 'Foo.java', 'src/b.c'])
  })

  it('has the errors named, each once', () => {
    assert.deepEqual(partsOf('ValueError, KeyError: ValueError; error; MyException').errors, [
      'ValueError',
      'KeyError',
      'MyException',
    ])
  })
})
