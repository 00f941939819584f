import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import session from 'express-session'
import memoryStoreOf from 'memorystore'

import type { ConnectStore } from '../../../src/stores/connect.ts'

/** One backend of a store that was written for express-session, and ways into it. */
export interface ClassicBackend {
  /** Makes a store on the backend: another one each time, where several can share it. */
  open: () => ConnectStore
  /** Removes what was made. */
  close: () => void
}

/** Options of session-file-store, which has no types. */
interface FileStoreOptions {
  path: string
  retries: number
  reapInterval: number
  logFn: () => void
}

const require = createRequire(import.meta.url)
const fileStoreOf: (session: unknown) => new (options: FileStoreOptions) => ConnectStore =
  require('session-file-store')

/** The stores that need no server. */
export const CLASSIC_STORES: Record<string, () => ClassicBackend> = {
  "express-session's MemoryStore": () => {
    const store = new session.MemoryStore()
    return { open: () => store, close: () => {} }
  },

  memorystore: () => {
    const store = new (memoryStoreOf(session))({})
    return { open: () => store, close: () => {} }
  },

  'session-file-store': () => {
    const path = mkdtempSync(join(tmpdir(), 'coatcheck-files-'))
    const FileStore = fileStoreOf(session)
    return {
      open: () => new FileStore({ path, retries: 0, reapInterval: -1, logFn: () => {} }),
      close: () => rmSync(path, { recursive: true, force: true }),
    }
  },
}
