import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { importedOf } from '../../fixtures/outlines.ts'

const imports = (path: string, lines: readonly string[], modules: readonly string[]) =>
  assert.deepEqual(importedOf(path, lines.join('\n'), modules), modules)

describe('imports', () => {
  it('are modules and packages in Python, with the dots as slashes', () => {
    imports(
      'a.py',
      ['import os.path as p', 'from django.db.models import Q', '    from copy import deepcopy'],
      ['os/path', 'django/db/models', 'copy'],
    )
  })

  it('begin with a slash when Python names them from their own folder', () => {
    imports(
      'a.py',
      ['from .query import Q', 'from ..sql.where import W', 'from . import base', 'from . import (compat)'],
      ['/query', 'sql/where', '/base', '/compat'],
    )
  })

  it('are what is quoted in JavaScript and TypeScript, on one line or several', () => {
    imports(
      'a.ts',
      [
        "import { a } from './near'",
        "import type { B } from '../far/away.ts'",
        'import "side/effect"',
        'import {',
        '  c,',
        "} from '@scope/package'",
        "const fs = require('node-fs')",
        "export * from './again.js'",
      ],
      ['/near', 'far/away', 'side/effect', 'scope/package', 'node-fs', '/again'],
    )
  })

  it('are not the variables that JavaScript binds them to', () => {
    assert.deepEqual(
      importedOf('a.js', "import first, { second } from './x'\n", ['first', 'second', 'x']),
      [],
    )
    assert.deepEqual(importedOf('a.js', "x = Array.from('abc')\n", ['abc']), [])
  })

  it('are packages in Java and Kotlin, static ones too', () => {
    imports(
      'A.java',
      ['import org.junit.Test;', 'import static org.junit.Assert.assertTrue;'],
      ['org/junit/Test', 'org/junit/Assert/assertTrue'],
    )
  })

  it('are quoted paths in Go, in a block too', () => {
    imports(
      'a.go',
      ['import "fmt"', 'import (', '\t"net/http"', '', '\tyaml "gopkg.in/yaml"', ')', 'var x = "not/this"'],
      ['fmt', 'net/http', 'gopkg.in/yaml'],
    )
    assert.deepEqual(importedOf('a.go', 'import (\n"a/b"\n)\nvar x = "not/this"\n', ['not/this']), [])
  })

  it('are paths in Rust', () => {
    imports('a.rs', ['use crate::db::query;', 'use std::io;'], ['crate/db/query', 'std/io'])
  })

  it('are header files in C, from the same folder where quoted', () => {
    imports(
      'a.c',
      ['#include "util.h"', '#include "core/list.h"', '#include <stdio.h>'],
      ['/util', 'core/list', 'stdio'],
    )
  })

  it('are required files in Ruby', () => {
    imports(
      'a.rb',
      ["require 'active_record/base'", "require_relative '../lib/thing'", "require_relative 'near'"],
      ['active_record/base', 'lib/thing', '/near'],
    )
  })

  it('are namespaces in PHP', () => {
    imports('a.php', ['use App\\Models\\User;'], ['App/Models/User'])
  })

  it('are kept once each', () => {
    assert.deepEqual(importedOf('a.py', 'import os\nimport os\n', ['os']), ['os'])
  })
})
