import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { counted, featuresOf, SNAPSHOT_AT, snapshotOf } from '../../fixtures/features.ts'

const files = {
  'pkg/__init__.py': '',
  'pkg/query.py':
    'from . import where\n\nclass Query:\n    def compile(self, spam):\n        return self.where.as_sql(spam, self.connection)\n',
  'pkg/where.py': 'class Where:\n    def as_sql(self, spam):\n        raise NotImplementedError\n',
  'pkg/deep/where.py': 'from pkg.query import Query\n',
  'tests/test_query.py':
    'from pkg.query import Query\n\ndef test_compile():\n    assert Query().compile(1)\n',
  'README.md': '# Pkg\n',
}
const snapshot = snapshotOf(files)
const of = (title: string, body = '', of = snapshot) => featuresOf({ title, body }, of)

describe('quotations', () => {
  it('are lines of the issue that stand in the code, whatever their indentation and marks', () => {
    const line = 'return self.where.as_sql(spam, self.connection)'
    for (const mark of ['', '> ', '    ', '- ', '12: ']) {
      const features = of('Title', `${mark}${line}`)
      assert.deepEqual([counted(features.quote_lines), counted(features.quote_files)], [1, 1], mark)
    }
    assert.equal(counted(of('Title', line.replace('spam', 'eggs')).quote_lines), 0)
  })

  it('do not count a line that stands in more than three files', () => {
    const line = 'from somewhere.else_ import everything\n'
    const many = snapshotOf(Object.fromEntries(Array.from({ length: 4 }, (_, i) => [`f${i}.py`, line])))
    assert.equal(counted(of('Title', line, many).quote_lines), 0)
  })
})

describe('symbols', () => {
  it('are the names in the issue that the code defines', () => {
    const features = of('Query.compile is wrong', 'as_sql and no_such_name')
    assert.equal(counted(features.symbols_defined), 2)
    assert.equal(features.symbols_share, 2 / 3)
    assert.equal(counted(features.symbols_methods), 1)
    assert.equal(counted(features.symbols_title_defined), 1)
  })

  it('are paths that exist, by their end too', () => {
    assert.equal(counted(of('Title', 'see pkg/query.py').paths_existing), 1)
    assert.equal(counted(of('Title', 'see where.py').paths_existing), 2)
    assert.equal(counted(of('Title', 'see /lib/site-packages/pkg/query.py').paths_existing), 1)
    assert.equal(
      counted(of('Title', 'File "/lib/site-packages/pkg/query.py", line 1, in f').paths_existing),
      1,
    )
    assert.equal(counted(of('Title', 'see ery.py').paths_existing), 0)
  })

  it('are null where the issue names none', () => {
    assert.equal(of('all wrong').symbols_share, null)
  })
})

describe('the tests near', () => {
  it('are those named after the files hit', () => {
    const features = of('Query compile')
    assert.equal(counted(features.near_test_files), 1)
    assert.equal(counted(features.near_test_best_lines), 4)
  })
})

describe('the past', () => {
  const day = 86_400
  const history = [
    {
      at: SNAPSHOT_AT - 2 * day,
      subject: 'Fix query compile',
      paths: ['pkg/query.py', 'tests/test_query.py'],
    },
    { at: SNAPSHOT_AT - 60 * day, subject: 'Add where', paths: ['pkg/where.py'] },
  ]

  it('tells when and with what the code hit last changed', () => {
    const features = of('Query compile', '', snapshotOf(files, history))
    assert.equal(counted(features.past_hit_age_days), 2)
    assert.equal(counted(features.past_commits_per_month), 1)
    assert.equal(features.past_fix_share, 1 / 2)
    assert.equal(features.past_subject_overlap, 1)
  })

  it('is null where it is unknown or empty', () => {
    for (const unknown of [null, []])
      assert.equal(of('Query compile', '', snapshotOf(files, unknown)).past_fix_share, null)
    assert.equal(of('Query compile', '', snapshotOf(files, null)).effort_commits, null)
  })
})

describe('imports', () => {
  it('lead to the file hit: by its package, or from its own folder', () => {
    const features = of('class Query compile connection')
    assert.equal(counted(features.graph_in), 1)
    assert.equal(counted(features.graph_out), 1)
    assert.equal(counted(features.graph_tests), 1)
  })

  it('by a bare name lead to the file in the same folder only', () => {
    const near = of('Where as_sql NotImplementedError')
    assert.equal(counted(near.graph_in), 1)
  })

  it('count a file once, however often it imports', () => {
    const twice = { ...files, 'x.py': 'import pkg.query\nfrom pkg.query import Query\nimport query\n' }
    assert.equal(counted(of('class Query compile connection', '', snapshotOf(twice)).graph_in), 2)
  })
})

describe('agreement', () => {
  it('is whole where title and issue lead to the same files', () => {
    const features = of('Query compile')
    assert.equal(features.agree_title, 1)
    assert.equal(features.agree_first, 1)
    assert.equal(features.agree_frames, null)
  })

  it('tells whether the last frame of the trace is among the hits', () => {
    assert.equal(of('Query compile', '  File "/x/pkg/query.py", line 3, in f').agree_frames, 1)
    assert.equal(of('Query compile', '  File "/x/nowhere.py", line 3, in f').agree_frames, 0)
  })
})

describe('the hits', () => {
  it('are sharp where one file has the words', () => {
    const one = of('connection')
    assert.equal(one.hit_file_all_margin, 1)
    assert.equal(one.hit_file_all_third, 0)
    assert.equal(Math.abs(one.hit_file_all_entropy ?? Number.NaN), 0)
    assert.equal(counted(one.hit_file_all_lines1), 5)
  })

  it('are unknown where there are none', () => {
    assert.equal(of('unheard').hit_file_all_margin, null)
  })
})

describe('the shape of the repository', () => {
  it('is counted over sources and files', () => {
    const features = of('Title')
    assert.equal(counted(features.repo_log_files), 6)
    assert.equal(counted(features.repo_log_sources), 5)
    assert.equal(counted(features.repo_log_lines), 13)
    assert.equal(features.repo_test_share, 4 / 13)
    assert.equal(features.repo_python, 1)
    assert.equal(features.repo_docs_share, 1 / 6)
  })

  it('is unknown without a source file', () => {
    assert.equal(of('Title', '', snapshotOf({ 'README.md': '' })).repo_log_files, null)
  })
})

describe('without a repository', () => {
  it('only what the issue says is known', () => {
    const features = featuresOf({ title: 'Query compile', body: 'words' })
    assert.equal(features.repo_log_files, null)
    assert.equal(features.hit_file_all_margin, null)
    assert.equal(features.quote_lines, null)
    assert.notEqual(features.issue_log_words, null)
  })
})
