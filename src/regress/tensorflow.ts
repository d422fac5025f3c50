import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as Core from '@tensorflow/tfjs-core'
import type * as Layers from '@tensorflow/tfjs-layers'

/** TensorFlow.js, loaded. There is one back end per process. */
export interface TensorFlow {
  readonly core: typeof Core
  readonly layers: typeof Layers
  readonly backend: 'native' | 'wasm'
  /** Why the native back end is not used; null when it is. */
  readonly reason: string | null
}

/** Loads TensorFlow.js when it is first needed: the native package if the user installed it, else WebAssembly. */
export async function loadTensorFlow(nativePackage = '@tensorflow/tfjs-node'): Promise<TensorFlow> {
  const native = await loadNative(nativePackage)
  if (typeof native !== 'string') return { core: native, layers: native, backend: 'native', reason: null }
  const core = await import('@tensorflow/tfjs-core')
  const wasm = await import('@tensorflow/tfjs-backend-wasm')
  // Layers are also what registers the gradients.
  const layers = await import('@tensorflow/tfjs-layers')
  wasm.setWasmPaths(`${dirname(fileURLToPath(import.meta.resolve('@tensorflow/tfjs-backend-wasm')))}/`)
  await core.setBackend('wasm')
  return { core, layers, backend: 'wasm', reason: native }
}

/** The native package, which is core and layers in one, or the reason why there is none. */
async function loadNative(name: string): Promise<(typeof Core & typeof Layers) | string> {
  try {
    // tfjs-node 4.22 calls two functions that Node 23 took away.
    const util = createRequire(import.meta.url)('node:util')
    util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined
    util.isArray ??= Array.isArray
    return await import(name)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const absent = code === 'ERR_MODULE_NOT_FOUND' && message.includes(`'${name}'`)
    return absent ? `${name} is not installed` : `${name} cannot be loaded: ${message}`
  }
}
