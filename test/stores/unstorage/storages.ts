import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createStorage, type Driver } from 'unstorage'
import fsDriver from 'unstorage/drivers/fs'
import fsLiteDriver from 'unstorage/drivers/fs-lite'
import memoryDriver from 'unstorage/drivers/memory'
import type { UnstorageStorage } from '../../../src/stores/unstorage.ts'

/** One backend of an unstorage driver, and ways into it. */
export interface StorageBackend {
  /** Makes a storage on the backend: another one each time, where several can share it. */
  open: () => UnstorageStorage
  /** Removes what was made. */
  close: () => void
}

/** The drivers that need no server. */
export const STORAGES = {
  memory: (): StorageBackend => {
    const storage = createStorage({ driver: memoryDriver() })
    return { open: () => storage, close: () => {} }
  },
  fs: (): StorageBackend => inFolder((base) => fsDriver({ base })),
  'fs-lite': (): StorageBackend => inFolder((base) => fsLiteDriver({ base })),
}

function inFolder(driverOn: (base: string) => Driver): StorageBackend {
  const base = mkdtempSync(join(tmpdir(), 'coatcheck-unstorage-'))
  return {
    open: () => createStorage({ driver: driverOn(base) }),
    close: () => rmSync(base, { recursive: true, force: true }),
  }
}
