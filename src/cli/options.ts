import type { Command } from 'commander'
import { type Format, SETTINGS, type SettingName } from '../settings.ts'

/** Gives a command the flags of the settings it uses: same flag, same meaning everywhere. */
export function withSettings(command: Command, ...names: Exclude<SettingName, 'format'>[]): Command {
  for (const name of names)
    command.option(SETTINGS[name].flag, `${SETTINGS[name].meaning} (${SETTINGS[name].variable})`)
  return command
}

/** Gives a command `--format` with the forms it knows. */
export function withFormats(command: Command, ...formats: Format[]): Command {
  const { flag, meaning, variable } = SETTINGS.format
  return command.addOption(command.createOption(flag, `${meaning} (${variable})`).choices(formats))
}
