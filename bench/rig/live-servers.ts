import type { ServerProcess } from './server-process.ts'

/** A server that has been checked, and the Cookie headers of the visitors who signed in to it. */
export interface LiveServer {
  server: ServerProcess
  tickets: readonly string[]
}

/**
 * Servers that one question after another is asked of. To start one and warm it up takes ten times as long as to
 * measure it, and a server that answers requests of several kinds is what people have.
 */
export class LiveServers {
  readonly #servers = new Map<string, LiveServer>()

  /**
   * Gives the server of this name.
   * @returns The server, and whether it has answered questions before.
   */
  async get(name: string, start: () => Promise<LiveServer>): Promise<LiveServer & { known: boolean }> {
    const known = this.#servers.get(name)
    if (known !== undefined) return { ...known, known: true }
    const started = await start()
    this.#servers.set(name, started)
    return { ...started, known: false }
  }

  /** Gives a server out no more, since it has ended. */
  forget(name: string): void {
    this.#servers.delete(name)
  }

  /** Ends all. */
  stop(): void {
    for (const { server } of this.#servers.values()) server.stop()
    this.#servers.clear()
  }
}
