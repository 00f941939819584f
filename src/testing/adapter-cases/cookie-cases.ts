import type { Answer } from '../adapter-app.ts'
import { type AdapterCase, adapterCase } from '../adapter-case.ts'
import { type AdapterTrial, json, NotRunnable, type Routes, type TrialApp } from '../adapter-trial.ts'
import { assert, assertEqual } from '../assert.ts'

/** What goes out as `Set-Cookie`, and what comes in as `Cookie`. */
export const cookieCases: readonly AdapterCase[] = [
  adapterCase(
    'own-cookies-stay',
    "the app's own Set-Cookie lines stay as they are, each a line of its own [P9] [C18] [C19]",
    async (trial) => {
      const own = ['theme=dark; Path=/; Expires=Wed, 21 Oct 2037 07:28:00 GMT', 'lang=de; Path=/']
      const app = await trial.serve({
        '/set': ({ session }): Answer => {
          session.visits = 1
          return { kind: 'json', body: {}, cookies: own }
        },
        '/read': ({ session }): Answer => ({ kind: 'json', body: session.toJSON(), cookies: own }),
      })
      const visitor = app.visitor()
      const { setCookies } = await visitor.visit('/set')
      assertEqual(setCookies.slice(0, 2), own, "the app's lines")
      assertEqual(setCookies.length, 3, 'the number of lines')
      assertEqual((await visitor.visit('/read')).setCookies, own, 'the lines when the session sets none')
    },
  ),

  adapterCase('one-line', 'exactly one Set-Cookie line is ours [P9] [C18]', async (trial) => {
    const { cookieName } = trial.sessions
    const app = await trial.serve({
      '/set': async ({ session }): Promise<Answer> => {
        session.visits = 1
        await session.save()
        await session.regenerate({ keep: true })
        session.visits = 2
        await session.save()
        return { kind: 'json', body: {}, cookies: [`${cookieName}=somebody-elses; Path=/`] }
      },
      ...LOOK,
    })
    const visitor = app.visitor()
    const { setCookies } = await visitor.visit('/set')
    assertEqual(setCookies.length, 1, 'the number of lines')
    assertEqual(await visitor.json('/look'), { visits: 2 }, 'the session')
  }),

  adapterCase(
    'cookie-alone',
    'a ticket counts in the Cookie header alone: not in the address, nor in any other header [C07]',
    async (trial) => {
      const { cookieName } = trial.sessions
      const app = await trial.serve({ ...SET, ...LOOK })
      const owner = app.visitor()
      await owner.visit('/set')
      const ticket = owner.cookie(cookieName) ?? ''
      const pair = `${cookieName}=${ticket}`
      const elsewhere: RequestInit[] = [
        { headers: { authorization: `Bearer ${ticket}` } },
        { headers: { 'x-session-id': ticket, [cookieName.toLowerCase()]: ticket } },
        { headers: { cookie2: pair, 'set-cookie': pair, 'x-cookie': pair } },
      ]
      for (const init of [{}, ...elsewhere]) {
        const path = `/look?${pair}&sid=${ticket}&session=${ticket}`
        const { status, body } = await app.visitor().visit(path, init)
        assertEqual([status, JSON.parse(body)], [200, {}], 'the session of one without the cookie')
      }
      assertEqual(await owner.json('/look'), { visits: 1 }, 'the session of the one with it')
    },
  ),

  adapterCase(
    'cookie-attributes',
    'the cookie has the attributes that were asked for, also when it is cleared [C22]',
    async (trial) => {
      const cookie = {
        name: 'shop',
        path: '/shop',
        domain: 'shop.example',
        secure: true,
        sameSite: 'strict',
      } as const
      const app = await trial.serve({ ...SET, ...CLEAR }, trial.manager({ cookie }))
      const visitor = app.visitor()
      const [set = ''] = (await visitor.visit('/set')).setCookies
      const [clear = ''] = (await visitor.visit('/clear')).setCookies
      for (const line of [set, clear]) {
        const [, ...attributes] = line.split('; ')
        for (const attribute of [
          'Path=/shop',
          'Domain=shop.example',
          'Secure',
          'HttpOnly',
          'SameSite=Strict',
        ]) {
          assert(attributes.includes(attribute), `the line lacks ${attribute}: ${attributes.join('; ')}`)
        }
      }
      assert(clear.startsWith('shop=;'), 'the clearing line still has a value')
      assert(clear.includes('; Max-Age=0'), 'the clearing line has no Max-Age=0')
    },
  ),

  adapterCase(
    'one-valid-among-duplicates',
    'of several cookies of our name the one valid ticket counts, wherever it stands [P10] [A02]',
    async (trial) => {
      const { app, ticket, name } = await twoTickets(trial)
      for (const header of [`${name}=bad; ${name}=${ticket[0]}`, `${name}=${ticket[0]}; ${name}=bad`]) {
        assertEqual(await look(app, header), { visits: 1 }, 'the session')
      }
    },
  ),

  adapterCase(
    'two-valid-count-as-none',
    'two different valid tickets count as none [P10] [A02]',
    async (trial) => {
      const { app, ticket, name } = await twoTickets(trial)
      assertEqual(await look(app, `${name}=${ticket[0]}; ${name}=${ticket[1]}`), {}, 'the session')
    },
  ),

  adapterCase('several-cookie-lines', 'several Cookie header fields are one [C20]', async (trial) => {
    const { app, ticket, name } = await twoTickets(trial)
    if (app.getWithCookieFields === undefined) {
      throw new NotRunnable('the harness has no getWithCookieFields()')
    }
    const body = await app.getWithCookieFields('/look', ['a=1', `${name}=${ticket[0]}`, 'b=2'])
    assertEqual(body, '{"visits":1}', 'the session')
  }),

  adapterCase(
    'junk-cookies',
    'among 12 KB of other cookies the session is found [A10] [C20]',
    async (trial) => {
      const { app, ticket, name } = await twoTickets(trial)
      const junk = Array.from({ length: 600 }, (_, at) => `${name}${at}=${at}; x${name}=y`)
        .join('; ')
        .slice(0, 6_000)
      assertEqual(await look(app, `${junk}; ${name}=${ticket[0]}; ${junk}`), { visits: 1 }, 'the session')
      assertEqual(await look(app, `${junk}; ${';'.repeat(6_000)}`), {}, 'the session of junk alone')
    },
  ),

  adapterCase(
    'hostile-cookies',
    'a malformed cookie is nobody, not an error [P10] [A05] [A08] [A11]',
    async (trial) => {
      const {
        app,
        ticket: [ticket = ''],
        name,
      } = await twoTickets(trial)
      const [token = '', signature = ''] = ticket.split('.')
      const values = [
        `"${ticket}"`,
        `%${ticket}`,
        `${token}.`,
        `.${signature}`,
        `${ticket}x`,
        ticket.slice(0, -1),
        `${ticket}.${signature}`,
      ]
      for (const value of values) assertEqual(await look(app, `${name}=${value}`), {}, 'the session')
      for (const other of [
        '__proto__',
        'constructor',
        name.toUpperCase() === name ? name.toLowerCase() : name.toUpperCase(),
      ]) {
        assertEqual(await look(app, `${other}=${ticket}`), {}, 'the session')
      }
    },
  ),

  adapterCase('whole-set-cookie-line', 'a Set-Cookie line sent back whole is understood', async (trial) => {
    const app = await trial.serve({ ...SET, ...LOOK })
    const [line = ''] = (await app.visitor().visit('/set')).setCookies
    assertEqual(await look(app, line), { visits: 1 }, 'the session')
  }),

  adapterCase(
    'rotated-key',
    'a ticket of an older key counts, and is signed anew once [P7] [A20]',
    async (trial) => {
      const { after, cookie } = await rotated(trial)
      const first = await after.visitor().visit('/look', { headers: { cookie } })
      assertEqual(first.body, '{"visits":1}', 'the session')
      assertEqual(first.setCookies.length, 1, 'the number of Set-Cookie lines')
      const [renewed = ''] = first.setCookies[0]?.split(';') ?? []
      assert(renewed !== cookie, 'the ticket is the old one')
      const second = await after.visitor().visit('/look', { headers: { cookie: renewed } })
      assertEqual(second.setCookies, [], 'the Set-Cookie lines of the second response')
    },
  ),

  adapterCase(
    'rotated-key-unused',
    'a ticket of an older key is signed anew also where the handler leaves the session alone [P7]',
    async (trial) => {
      const { after, cookie } = await rotated(trial)
      const { setCookies } = await after.visitor().visit('/ping', { headers: { cookie } })
      assertEqual(setCookies.length, 1, 'the number of Set-Cookie lines')
      assert(!setCookies[0]?.startsWith(`${cookie};`), 'the ticket is the old one')
    },
  ),
]

const SET: Routes = {
  '/set': ({ session }) => {
    session.visits = 1
    return json({})
  },
}

const LOOK: Routes = { '/look': ({ session }) => json(session.toJSON()) }

const CLEAR: Routes = {
  '/clear': ({ session }) => {
    session.clear()
    return json({})
  },
}

/** Serves an app whose manager has a newer key than the ticket of the cookie. */
async function rotated(trial: AdapterTrial): Promise<{ after: TrialApp; cookie: string }> {
  const [older, newer] = ['older-0123456789-abcdefghijklmnop', 'newer-0123456789-abcdefghijklmnop']
  const before = await trial.serve(SET, trial.manager({ secret: older }))
  const visitor = before.visitor()
  await visitor.json('/set')
  const after = await trial.serve(LOOK, trial.manager({ secret: [newer, older] }))
  return { after, cookie: visitor.cookieHeader }
}

async function twoTickets(trial: AdapterTrial): Promise<{ app: TrialApp; name: string; ticket: string[] }> {
  const app = await trial.serve({ ...SET, ...LOOK })
  const name = trial.sessions.cookieName
  const ticket: string[] = []
  for (let count = 0; count < 2; count++) {
    const visitor = app.visitor()
    await visitor.json('/set')
    ticket.push(visitor.cookie(name) ?? '')
  }
  return { app, name, ticket }
}

async function look(app: TrialApp, cookie: string): Promise<unknown> {
  const { status, body } = await app.visitor().visit('/look', { headers: { cookie } })
  assertEqual(status, 200, 'the status')
  return JSON.parse(body)
}
