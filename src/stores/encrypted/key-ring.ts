import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto'
import { checkSecret } from '../../core/secret.ts'

/** One key of the ring, with a key of its own for each purpose. */
export interface VaultKey {
  /** Names the key in what it encrypted: 8 base64url characters that tell nothing about it. */
  readonly name: string
  /** What the keys of single records are derived from. */
  readonly sealing: KeyObject
  /** What users are labelled with. */
  readonly labelling: KeyObject
}

/**
 * Imports keys, newest first, each once: under one twice, users would be looked for twice.
 * @throws {ConfigError} `ERR_CONFIG_INSECURE` no key, one under 32 characters, or one too uniform to be random.
 */
export function importKeys(keys: string | readonly (string | undefined)[]): [VaultKey, ...VaultKey[]] {
  const [newest, ...older] = new Set(typeof keys === 'string' ? [keys] : Array.isArray(keys) ? keys : [])
  return [importKey(newest), ...older.filter((key) => key !== undefined).map(importKey)]
}

function importKey(text: unknown): VaultKey {
  checkSecret(text, 'encrypted: a key of the option keys')
  return {
    name: Buffer.from(derive(text, 'name', 6)).toString('base64url'),
    sealing: createSecretKey(new Uint8Array(derive(text, 'sealing', 32))),
    labelling: createSecretKey(new Uint8Array(derive(text, 'labelling', 32))),
  }
}

/** One purpose per key: what is derived for one tells nothing about the others. */
function derive(text: string, purpose: string, bytes: number): ArrayBuffer {
  return hkdfSync('sha256', text, '', `coatcheck/encrypted/1/${purpose}`, bytes)
}
