import { inOneLine } from '../core/shown-text.ts'

/** Names a request in a message by its method and path, which has been percent-decoded and may hold anything. */
export function shownRequest({ method, path }: { readonly method: string; readonly path: string }): string {
  return `${method} ${inOneLine(path)}`
}
