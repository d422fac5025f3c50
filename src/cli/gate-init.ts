import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { z } from 'zod'
import { EXIT, KnownError } from '../errors.ts'
import { bundlePlace } from '../forecast/bundle-place.ts'
import { defaultAgent, modelsOf } from '../forecast/pair.ts'
import { readBundle } from '../forecast/read-bundle.ts'
import { budgetTemplate } from '../gate/budget-template.ts'
import { checkShape } from '../json.ts'
import type { Invocation } from './command-line.ts'
import type { Act } from './commands.ts'
import { showSafely } from './escape.ts'
import { withSettings } from './options.ts'
import { writeWhole } from './write-file.ts'

const Options = z.object({
  budgetFile: z.string().min(1, 'expected a file').default('budget.json'),
  model: z.array(z.string().min(1)).optional(),
  force: z.boolean().default(false),
})

/** `foretoken gate init`: a commented budget that the gate reads as it is. */
export function configureInit(command: Command, act: Act): void {
  command
    .option('--budget-file <file>', 'where to write it (default: budget.json)')
    .option('--model <name...>', 'the models that will do the work')
    .option('--force', 'write over one that is there')
  withSettings(command, 'models', 'bundle', 'agent')
  act(command, init)
}

async function init({ app, settings, options }: Invocation): Promise<number> {
  const { budgetFile, model, force } = checkShape(Options, options, 'the options', 'usage')
  const place = resolve(app.cwd, budgetFile)
  const isThere = await access(place).then(
    () => true,
    () => false,
  )
  if (isThere && !force) {
    throw new KnownError('file-not-written', `${budgetFile} is there already`, {
      fix: 'edit it, or write over it with --force',
    })
  }
  const bundle = await readBundle(bundlePlace(app.cwd, settings.models), settings.bundle.value)
  const agent = settings.agent.value ?? defaultAgent(bundle)
  const models = model ?? modelsOf(bundle, agent).slice(0, 1)
  await writeWhole(place, budgetTemplate({ agent, models, known: modelsOf(bundle, agent) }))
  app.print(`${showSafely(budgetFile)} is written\n`)
  app.note(
    `→ set its models (now ${showSafely(models.join(', '))}) and limits, then: foretoken gate ISSUE --repo .\n`,
  )
  return EXIT.ok
}
