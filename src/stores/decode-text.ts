const UTF_8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Reads the bytes of a text, with the mark that it may begin with: that is part of it, as of a user's id that came with one. */
export function decodeText(bytes: Uint8Array): string {
  return UTF_8.decode(bytes)
}
