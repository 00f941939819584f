import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../servers/start-process.ts'
import { acrossProcesses } from './across-processes.ts'

acrossProcesses({
  name: 'SqliteSessionStore',
  module: 'sqlite',
  start: async () => {
    const folder = temporaryFolder('sqlite-processes')
    const stop = async (): Promise<void> => rmSync(folder, { recursive: true })
    return { settings: join(folder, 'sessions.db'), stop }
  },
})
