import { KnownError } from '../../errors.ts'

/** A failure of what express reads, as one of the catalogue; others stay as they are. */
export function unreadable(error: unknown): unknown {
  if (error instanceof KnownError || !(error instanceof Error)) return error
  const status = 'status' in error ? error.status : null
  if (status === 413) return new KnownError('body-too-large', 'the form')
  if (status === 415)
    return new KnownError('media-type', 'the form', { fix: 'send it as a browser does, in UTF-8' })
  if (error instanceof URIError) return new KnownError('request-malformed', 'the path cannot be decoded')
  const isTheirs = typeof status === 'number' && status >= 400 && status < 500
  return isTheirs ? new KnownError('request-malformed', 'the path or the form cannot be decoded') : error
}
