import { type Framework, hasSessions, type Setup, type Subject } from '../subjects/subject.ts'
import type { Bench } from './bench.ts'
import { checkAnswers } from './check-answers.ts'
import type { LiveServer } from './live-servers.ts'
import { ServerProcess } from './server-process.ts'
import { type Cost, SlicedRun } from './sliced-run.ts'
import { signIn } from './visitors.ts'

/** What is sent to each subject. */
export interface Traffic {
  path: string
  /** Gives the Cookie headers to send in turn, from those of the visitors who signed in. */
  cookies(signedIn: readonly string[]): readonly string[]
  /** How many visitors sign in before. */
  visitors: number
}

// What a server without sessions is sent where others are sent their cookies: what is compared is the work of a
// library, and not that of parsing a longer request.
const TICKET_OF_NOBODY = `__Host-Http-sid=${'A'.repeat(43)}.${'A'.repeat(43)}`

/** One server of a subject with its visitors signed in. */
export class Runner {
  readonly subject: Subject
  readonly server: ServerProcess
  /** How many seconds of load it needs before what it costs counts. */
  readonly warmup: number
  readonly #bench: Bench
  readonly #name: string
  readonly #path: string
  readonly #cookies: readonly string[]
  /** How many requests it has been sent. */
  #sent = 0

  private constructor(
    bench: Bench,
    name: string,
    subject: Subject,
    { server, tickets, known }: LiveServer & { known: boolean },
    traffic: Traffic,
  ) {
    this.#bench = bench
    this.#name = name
    this.subject = subject
    this.server = server
    this.warmup = bench.options.warmup * (known ? furtherWarmupsOf(subject) : warmupsOf(subject))
    this.#path = traffic.path
    this.#cookies = traffic.cookies(tickets)
  }

  /**
   * Starts a server of a subject, checks its answers and signs visitors in, unless an earlier question did.
   * @param nth - Which of the subject's servers, from 0.
   * @throws {MissingModule} it needs a module that is not there.
   * @throws {Error} it answers wrongly or ended. Either way it is gone.
   */
  static async start(
    bench: Bench,
    subject: Subject,
    setup: Omit<Setup, 'storeUrl'>,
    traffic: Traffic,
    nth = 0,
  ): Promise<Runner> {
    const start = (): Promise<LiveServer> => startServer(bench, subject, setup, traffic.visitors)
    const name = JSON.stringify([subject.framework, subject.name, setup, traffic.visitors, nth])
    const live = (await bench.servers?.get(name, start)) ?? { ...(await start()), known: false }
    return new Runner(bench, name, subject, live, traffic)
  }

  /**
   * Puts load on it and measures what that costs.
   * @throws {Error} a request failed.
   */
  async run(seconds: number): Promise<Cost> {
    const run = await this.begin()
    return run.end(seconds)
  }

  /** Begins to put load on it, and pauses it: it answers in the slices that the run is given. */
  async begin(): Promise<SlicedRun> {
    const { load, options } = this.#bench
    const { connections } = options
    const answered = (requests: number): void => {
      this.#sent += requests
    }
    const url = this.server.url + this.#path
    return SlicedRun.begin(this.server, load, { url, cookies: this.#nextCookies(), connections }, answered)
  }

  /** The cookies, those first whose turn it is: begun anew each time, of many visitors only the first would ever come. */
  #nextCookies(): readonly string[] {
    const next = this.#sent % this.#cookies.length
    return [...this.#cookies.slice(next), ...this.#cookies.slice(0, next)]
  }

  /** Ends its server, unless other questions may be asked of it. */
  stop(): void {
    if (this.#bench.servers === null) this.server.stop()
  }

  /** Ends its server, of which nothing more can be asked. */
  discard(): void {
    this.server.stop()
    this.#bench.servers?.forget(this.#name)
  }
}

async function startServer(
  bench: Bench,
  subject: Subject,
  setup: Omit<Setup, 'storeUrl'>,
  visitors: number,
): Promise<LiveServer> {
  const storeUrl = await bench.backends.urlOf(setup.store)
  const server = await ServerProcess.start(subject, { ...setup, storeUrl })
  try {
    await checkAnswers(subject, server.url)
    // Without sessions too: how a process begins decides on what its requests cost later.
    const signedIn = await signIn(server.url, visitors)
    // What lives long comes to this state and stays in it; otherwise the luck of a young process would be measured. Before the
    // warm-up: V8 throws away compiled code that knows the shape of a request while there is none.
    await server.collectGarbage()
    return { server, tickets: hasSessions(subject) ? signedIn : signedIn.map(() => TICKET_OF_NOBODY) }
  } catch (error) {
    server.stop()
    throw error
  }
}

// With and without sessions: theirs is the longest way from a request to its answer.
const SLOW_TO_WARM_UP: readonly Framework[] = ['express', 'hono']

/** How many times the usual warm-up a subject needs until V8 has compiled what a request runs. */
function warmupsOf({ framework }: Subject): number {
  return SLOW_TO_WARM_UP.includes(framework) ? 4 / 3 : 1
}

/**
 * How many times the usual warm-up a subject needs before another question: what an earlier one did not ask has still to be compiled.
 * On Express a write after reads was 15% dearer with a third of it than when writes alone were asked.
 */
function furtherWarmupsOf({ framework }: Subject): number {
  return framework === 'express' ? 2 / 3 : 1 / 3
}
