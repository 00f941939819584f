/** What a `Content-Type` header says. */
export interface ContentType {
  /** The media type in lower case, `''` when there is none. */
  type: string
  /** The character set as given. Default `'utf-8'`. */
  charset: string
}

const CHARSET = /;\s*charset\s*=\s*"?([^\s;"]+)/i

/** Reads a `Content-Type` header. */
export function parseContentType(header: string | null): ContentType {
  if (header === null) return { type: '', charset: 'utf-8' }
  const end = header.indexOf(';')
  const type = (end === -1 ? header : header.slice(0, end)).trim().toLowerCase()
  return { type, charset: CHARSET.exec(header)?.[1] ?? 'utf-8' }
}
