/** What is used of Cloudflare's own local runtime, which is installed apart. */
declare module 'miniflare' {
  import type { D1Database } from '@cloudflare/workers-types'

  export interface MiniflareOptions {
    modules: true
    modulesRoot: string
    scriptPath: string
    host: string
    cf: false
    port: number
    compatibilityDate: string
    compatibilityFlags: string[]
    d1Databases: Record<string, string>
    bindings: Record<string, string>
  }

  export class Miniflare {
    constructor(options: MiniflareOptions)
    readonly ready: Promise<URL>
    getD1Database(name: string): Promise<D1Database>
    dispose(): Promise<void>
  }
}
