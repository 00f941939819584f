/** Headers as the web keeps them, or as Node does. */
export type HeaderSource = WebHeaders | NodeHeaders

/** The headers of a web `Request`. */
export interface WebHeaders {
  /** Gives a header's value; `null` when it is not there. */
  get(name: string): string | null
}

/** The headers of a Node request. */
export interface NodeHeaders {
  /** The `Cookie` header; several lines joined with `; `. */
  cookie?: string | undefined
}

/**
 * Finds a header of a request.
 * @param name - In lower case.
 * @returns What stands there, which is a text unless somebody has parsed it; `undefined` when it is not there.
 */
export function findHeader(headers: HeaderSource, name: string): unknown {
  // A header that a client names `get` is no function.
  const { get }: { get?: unknown; cookie?: unknown } = headers
  return (
    (typeof get === 'function' ? Reflect.apply(get, headers, [name]) : Reflect.get(headers, name)) ??
    undefined
  )
}
