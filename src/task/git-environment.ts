import { devNull } from 'node:os'

/**
 * The environment of every git call. The caller's own `GIT_*` variables are left out, since they could point git at
 * another repository. Nothing is fetched (a partial clone stays as it is), asked or locked; objects are read as they are
 * named, without local replacements; messages come in English, so that they can be recognised.
 */
export function gitEnvironment(caller: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(caller).filter(([name]) => !/^GIT_/i.test(name))
  return {
    ...Object.fromEntries(kept),
    GIT_ALLOW_PROTOCOL: '',
    GIT_NO_LAZY_FETCH: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_GRAFT_FILE: devNull,
    LC_ALL: 'C',
  }
}
