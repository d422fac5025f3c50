import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { it } from 'node:test'
import { version } from '../../src/cli/version.ts'
import { openApiDocument } from '../../src/server/openapi/document.ts'
import { ROUTES } from '../../src/server/routes/routes.ts'

const FILE = resolve(import.meta.dirname, '../../data/openapi.json')

it('The OpenAPI document in the package is what the routes check with', () => {
  const text = `${JSON.stringify(openApiDocument(ROUTES, version()), null, 2)}\n`
  if (process.env.UPDATE_GOLDEN) writeFileSync(FILE, text)
  else assert.equal(text, readFileSync(FILE, 'utf8'), 'make it again with UPDATE_GOLDEN=1')
})
