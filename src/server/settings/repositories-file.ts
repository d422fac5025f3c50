import { z } from 'zod'
import { SERVICE_DEFAULTS } from './service-defaults.ts'
import { address, bytes, Flag, Name, whole } from './service-values.ts'

const PATTERN = 'give an address such as "https://github.com/octo/*"'

const Allowed = z.strictObject(
  {
    url: address(PATTERN).meta({
      description: 'of repositories; in its path * stands for one or more characters',
    }),
    private: Flag.optional().meta({
      description: 'true: its host may have a private address, or be this machine',
      default: false,
    }),
  },
  `give an object such as {"url": "https://github.com/octo/*"}`,
)

const { cache, repositories } = SERVICE_DEFAULTS

const Cache = z.strictObject(
  {
    mostBytes: bytes(2 ** 50)
      .optional()
      .meta({
        description: 'of all repositories that were fetched; what was asked for last is kept',
        default: cache.mostBytes,
      }),
    mostBytesEach: bytes(2 ** 50)
      .optional()
      .meta({
        description: 'of one repository; a larger one is not fetched',
        default: cache.mostBytesEach,
      }),
  },
  'give an object such as {"mostBytes": 10737418240}',
)

/** Which repositories the service reads. */
export const Repositories = z.strictObject(
  {
    registered: z
      .record(Name, Name, 'give an object such as {"octo/tables": "/srv/git/tables.git"}')
      .optional()
      .meta({ description: 'names that callers use, and the folders of this machine they stand for' }),
    allowed: z
      .array(Allowed, 'give a list such as [{"url": "https://github.com/octo/*"}]')
      .max(1000, 'give at most 1000 addresses')
      .optional()
      .meta({ description: 'addresses that may be fetched; no other is' }),
    cache: Cache.optional().meta({ description: 'room for what is fetched' }),
    fetchTimeoutSeconds: whole('seconds', 1, 3600).optional().meta({
      description: 'after so long a fetch is given up',
      default: repositories.fetchTimeoutSeconds,
    }),
    mostFetches: whole('fetches', 1, 100).optional().meta({
      description: 'at once',
      default: repositories.mostFetches,
    }),
  },
  'give an object such as {"registered": {"octo/tables": "/srv/git/tables.git"}}',
)
