#!/usr/bin/env node
import * as nodeModule from 'node:module'
import { nodeComplaint } from './node-version.ts'

// Everything else is imported only once this Node is known to be able to run it.
const complaint = nodeComplaint(process.versions.node)
if (complaint === null) {
  nodeModule.enableCompileCache()
  const { start } = await import('./start.ts')
  await start()
} else {
  process.stderr.write(complaint)
  process.exitCode = 2
}
