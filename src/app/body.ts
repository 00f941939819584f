import type { HonoRequest } from 'hono'
import type { ParsedJson } from '../core/session-data.ts'
import { type ContentType, parseContentType } from './content-type.ts'
import { collectFields } from './fields.ts'
import { HttpError } from './http-error.ts'
import { parseJsonBody } from './json-body.ts'

/** A pair of a form that is a name alone. */
const BARE_NAME = /(?<=^|&)[^=&]+(?=&|$)/g
const READABLE = 'application/json, application/x-www-form-urlencoded, multipart/form-data or text/plain'

/**
 * Reads a request's body by its `Content-Type`: JSON as it is, forms as fields (text, or a web `File`), text as text.
 * A request without a body has an empty object.
 *
 * Hono's own handlers find the body in Hono's request afterwards, and what they have read is found here.
 *
 * @param limit - Most bytes taken.
 * @throws {HttpError} 413 over the limit; 415 a type, character set or encoding that cannot be read; 400 malformed,
 * or broken off.
 */
export async function readBody(source: HonoRequest, limit: number): Promise<ParsedJson> {
  const request = source.raw
  if (request.method === 'GET' || request.method === 'HEAD') return {}
  const known = Object.keys(source.bodyCache)
  // A form has lost its bytes, and written anew it would not go with the header.
  if (known.length === 1 && known[0] === 'formData') return collectFields(await source.formData())
  const bytes = await (known.length > 0 ? readCached(source, limit) : readShared(source, limit))
  if (bytes.byteLength === 0) return {}
  const header = request.headers.get('content-type')
  const content = parseContentType(header)
  refuseEncoded(request)
  if (content.type === 'multipart/form-data') return parseMultipart(bytes, header ?? '')
  if (/^application\/(?:[\w.+-]+\+)?json$/.test(content.type)) return parseJsonBody(decode(bytes, content))
  if (content.type === 'application/x-www-form-urlencoded') {
    return collectFields(parseForm(decode(bytes, content)))
  }
  if (content.type.startsWith('text/')) return decode(bytes, content)
  throw new HttpError(415, `The request body has no Content-Type that can be read: send ${READABLE}.`)
}

/** Reads what Hono's handlers have read, or are reading. */
async function readCached(source: HonoRequest, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(await source.arrayBuffer())
  if (bytes.byteLength > limit) throw tooLarge(limit)
  return bytes
}

/** Reads the body, for Hono's handlers too. */
function readShared({ raw, bodyCache }: HonoRequest, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const reading = readBytes(raw, limit)
  const shared = reading.then((bytes) => bytes.buffer)
  // Nobody may ask for it.
  shared.catch(() => {})
  Reflect.set(bodyCache, 'arrayBuffer', shared)
  return reading
}

async function readBytes(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  if (request.bodyUsed) {
    throw new Error('The request body was read through req.raw before, so req.body has nothing left to read.')
  }
  const declared = Number(request.headers.get('content-length') ?? Number.NaN)
  if (declared > limit) throw tooLarge(limit)
  try {
    // A server holds a body to the length it declares; without one only counting tells.
    const bytes = Number.isNaN(declared)
      ? await readCounted(request, limit)
      : new Uint8Array(await request.arrayBuffer())
    // A Request made by hand may have declared anything.
    if (bytes.byteLength > limit) throw tooLarge(limit)
    return bytes
  } catch (cause) {
    if (cause instanceof HttpError) throw cause
    throw new HttpError(400, 'The request body broke off.', { cause })
  }
}

async function readCounted(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength
    if (size > limit) throw tooLarge(limit)
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return bytes
}

function refuseEncoded(request: Request): void {
  const encoding = request.headers.get('content-encoding') ?? 'identity'
  if (encoding.trim().toLowerCase() === 'identity') return
  throw new HttpError(415, 'The request body is compressed, which is not supported: send it as it is.')
}

function decode(bytes: Uint8Array<ArrayBuffer>, { charset }: ContentType): string {
  const decoder = decoderOf(charset)
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new HttpError(400, `The request body is not valid ${decoder.encoding}.`, { cause })
  }
}

function decoderOf(charset: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(charset, { fatal: true })
  } catch (cause) {
    throw new HttpError(415, 'The character set of the request body is not supported: send UTF-8.', { cause })
  }
}

function parseForm(text: string): URLSearchParams {
  // The same form: but of names alone, Node 24 and 26 look at all that follows, which is seconds for one of a megabyte.
  return new URLSearchParams(text.replace(BARE_NAME, '$&='))
}

async function parseMultipart(bytes: Uint8Array<ArrayBuffer>, header: string): Promise<ParsedJson> {
  try {
    const form = await new Response(bytes, { headers: { 'content-type': header } }).formData()
    return collectFields(form)
  } catch (cause) {
    throw new HttpError(400, 'The request body is not valid multipart/form-data.', { cause })
  }
}

function tooLarge(limit: number): HttpError {
  return new HttpError(413, `The request body is larger than the ${limit} bytes allowed.`)
}
