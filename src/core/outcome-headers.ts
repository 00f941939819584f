// What a handler said about a body and an outcome that will not be sent. Everything else, such as CORS and
// security headers, is as true of the error that is sent instead.
const HEADERS_OF_THE_OUTCOME = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-range',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'location',
  'set-cookie',
  'trailer',
  'transfer-encoding',
]

/** Headers that can be taken back. */
interface Removable {
  getHeader(name: string): unknown
  removeHeader(name: string): unknown
}

/** Takes back what described a response that will not be sent. */
export function removeOutcome(headers: Removable): void {
  for (const name of HEADERS_OF_THE_OUTCOME) {
    // Removing a header that is not there tells Node never to add it itself.
    if (headers.getHeader(name) !== undefined) headers.removeHeader(name)
  }
}

/** Gives the headers of a web response without what described it. */
export function withoutOutcome(headers: Headers): Headers {
  const kept = new Headers(headers)
  deleteOutcome(kept)
  return kept
}

/** Takes back what described a web response that will not be sent. */
export function deleteOutcome(headers: Headers): void {
  for (const name of HEADERS_OF_THE_OUTCOME) headers.delete(name)
}
