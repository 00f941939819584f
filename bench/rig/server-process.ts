import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Profiler } from 'node:inspector/promises'
import { join } from 'node:path'
import type { Setup, Subject } from '../subjects/subject.ts'
import { onServerCore } from './cores.ts'
import { endWithUs } from './end-with-us.ts'

/** What a server process is asked. */
export type Order = 'cpu' | 'collect garbage' | 'start profile' | 'stop profile'

/** What it says. */
export type Answer =
  | { port: number }
  | { missing: string }
  | { cpu: NodeJS.CpuUsage }
  | { collected: true }
  | { profiling: true }
  | { profile: Profiler.Profile }

const SERVE = join(import.meta.dirname, 'serve.ts')
// V8 collects what an idle process holds after some seconds, and throws away the compiled code of all that is not in use
// at that moment. A server under load is never idle; here it is while the others have their turns.
const NODE_FLAGS = ['--no-memory-reducer']

/** A subject cannot run here: a library or a part of ours is not there. */
export class MissingModule extends Error {}

/** A subject's server, in a process and on a core of its own. */
export class ServerProcess {
  readonly subject: Subject
  readonly #child: ChildProcess
  #url = ''
  #output = ''

  private constructor(subject: Subject, child: ChildProcess) {
    this.subject = subject
    this.#child = child
    child.stderr?.on('data', (chunk: Buffer) => {
      this.#output = (this.#output + chunk.toString()).slice(-4_000)
    })
  }

  /**
   * Starts a subject and waits until it listens.
   * @throws {MissingModule} it needs a module that is not there.
   */
  static async start(subject: Subject, setup: Setup): Promise<ServerProcess> {
    const args = [
      ...NODE_FLAGS,
      ...heapFlags(subject),
      SERVE,
      subject.framework,
      subject.name,
      JSON.stringify(setup),
    ]
    const [program, programArgs] = onServerCore(process.execPath, args)
    const child = spawn(program, programArgs, {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' },
    })
    endWithUs(child)
    const server = new ServerProcess(subject, child)
    const answer = await server.#answer()
    if ('missing' in answer) {
      server.stop()
      throw new MissingModule(answer.missing)
    }
    if (!('port' in answer)) throw new Error('A server process spoke before it listened.')
    server.#url = `http://127.0.0.1:${answer.port}`
    return server
  }

  /** Its address, without a slash at the end. */
  get url(): string {
    return this.#url
  }

  /** The CPU time it has used so far, by the operating system's account of all its threads, in microseconds. */
  async cpuTime(): Promise<NodeJS.CpuUsage> {
    const answer = await this.#ask('cpu')
    if (!('cpu' in answer)) throw new Error('A server process answered something else than its CPU time.')
    return answer.cpu
  }

  /** Collects its garbage in full, as often as it takes for V8 to forget what only young objects were of. */
  async collectGarbage(): Promise<void> {
    await this.#ask('collect garbage')
  }

  /** Records where its time goes while `work` runs. */
  async profile(work: () => Promise<unknown>): Promise<Profiler.Profile> {
    await this.#ask('start profile')
    await work()
    const answer = await this.#ask('stop profile')
    if (!('profile' in answer)) throw new Error('A server process answered something else than its profile.')
    return answer.profile
  }

  /** Stops all its threads where they are, at no cost, until it is resumed. */
  pause(): void {
    this.#child.kill('SIGSTOP')
  }

  /** Lets it go on. */
  resume(): void {
    this.#child.kill('SIGCONT')
  }

  /** Ends it. */
  stop(): void {
    this.#child.kill('SIGKILL')
  }

  #ask(order: Order): Promise<Answer> {
    const answer = this.#answer()
    this.#child.send(order)
    return answer
  }

  async #answer(): Promise<Answer> {
    const waiting = new AbortController()
    const { signal } = waiting
    const ended = once(this.#child, 'exit', { signal }).then(([code]) => {
      const { framework, name } = this.subject
      throw new Error(`The server of ${framework}/${name} ended with ${code}:\n${this.#output}`)
    })
    ended.catch(() => {}) // when the answer came first
    try {
      const [answer] = await Promise.race([once(this.#child, 'message', { signal }), ended])
      return answer
    } finally {
      waiting.abort()
    }
  }
}

function heapFlags({ heapMegabytes }: Subject): string[] {
  return heapMegabytes === undefined ? [] : [`--max-old-space-size=${heapMegabytes}`]
}
