import { registerHooks } from 'node:module'

// `node --import` this file, and the package's name means its source: an example is tested as it is, without a build.
const SOURCE = new URL('../../src/', import.meta.url)

registerHooks({
  resolve(specifier, context, nextResolve) {
    const [name, ...path] = specifier.split('/')
    if (name !== 'coatcheck') return nextResolve(specifier, context)
    const file = path.length === 0 ? 'index.ts' : fileOf(path.join('/'))
    return { url: new URL(file, SOURCE).href, shortCircuit: true }
  },
})

/** Where a subpath's source is: a folder with an index, a store's file, or an adapter's. */
function fileOf(path: string): string {
  if (path === 'app' || path === 'testing') return `${path}/index.ts`
  return path.startsWith('stores/') ? `${path}.ts` : `adapters/${path}.ts`
}
