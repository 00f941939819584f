const FOLDER = new URL('../../.tmp/bench/dist/', import.meta.url)

/** What the benchmark compiles the package into: a folder of its own, so that no other build changes it meanwhile. */
export const BUILT_FOLDER: string = FOLDER.pathname

/**
 * Imports a file of the built package.
 * @param file - Its path in the package's `dist`, such as `adapters/hono.js`.
 * @throws {Error} `ERR_MODULE_NOT_FOUND` the package has no such file yet.
 */
export async function built<Module>(file: string): Promise<Module> {
  const module: Module = await import(new URL(file, FOLDER).href)
  return module
}
