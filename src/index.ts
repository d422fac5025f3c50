/** The library surface: what a program may import from `foretoken`. */
export { ERRORS, type ErrorCode, EXIT, KnownError } from './errors.ts'
