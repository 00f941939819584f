'use server'

import { setImmediate } from 'node:timers/promises'
import { revalidatePath } from 'next/cache'
import { cookies } from 'next/headers'
import { notFound, redirect } from 'next/navigation'
import { after } from 'next/server'
import { readSession, sessions, store, withSession } from './session.ts'

export async function login(form: FormData): Promise<void> {
  await withSession((session) => {
    session.userId = String(form.get('name'))
    if (form.get('go') !== null) redirect('/?welcome')
  })
}

export async function logout(): Promise<void> {
  await withSession((session) => session.destroy())
}

export async function count(): Promise<void> {
  await withSession((session) => {
    session.visits = (session.visits ?? 0) + 1
  })
}

export async function countSurely(): Promise<void> {
  await withSession((session) =>
    session.update((draft) => {
      draft.visits = (draft.visits ?? 0) + 1
    }),
  )
}

export async function countTwice(): Promise<void> {
  await count()
  await count()
}

export async function countWithin(): Promise<void> {
  await withSession(async (session) => {
    session.visits = 10
    await count()
    const seen = await readSession()
    session.visits = session.visits * 10 + (seen.visits ?? 0)
  })
}

export async function countBeside(): Promise<void> {
  await Promise.all([
    withSession((session) => session.set('userId', 'gus')),
    withSession((session) => session.set('visits', 1)),
  ])
}

export async function countBehindEachOther(): Promise<void> {
  const waiting = Promise.withResolvers<void>()
  const first = withSession(() => waiting.promise)
  const second = withSession(async (session) => {
    waiting.resolve()
    await first
    await session.regenerate({ keep: true })
    session.userId = 'hal'
  })
  await second
  await withSession((session) => session.set('visits', (session.visits ?? 0) + 5))
}

export async function loginBesideAnother(): Promise<void> {
  const answered = Promise.withResolvers<void>()
  const another = withSession(() => answered.promise)
  await withSession((session) => session.set('userId', 'ivy'))
  after(async () => {
    answered.resolve()
    await another.catch(() => {}) // too late for its cookie
  })
}

export async function countBesideABreak(): Promise<void> {
  const first = withSession((session) => session.set('visits', 7))
  const second = withSession(async () => {
    await first
    throw new Error('The action is broken, beside another.')
  })
  await Promise.allSettled([first, second])
}

export async function countAndShow(): Promise<void> {
  await count()
  revalidatePath('/')
}

export async function countToNowhere(): Promise<void> {
  await withSession(async (session) => {
    session.visits = 404
    await Promise.resolve()
    notFound()
  })
}

export async function countAndBreak(): Promise<void> {
  await withSession((session) => {
    session.visits = 500
    throw new Error('The action is broken.')
  })
}

export async function loginAndBreak(): Promise<void> {
  await withSession(async (session) => {
    session.userId = 'fay'
    await session.save()
    session.visits = 500
    throw new Error('The action is broken, after a login.')
  })
}

export async function countWithinABreak(): Promise<void> {
  await withSession(async () => {
    await count()
    throw new Error('The action is broken, around another.')
  })
}

export async function forgetCookie(): Promise<void> {
  const jar = await cookies()
  jar.delete(sessions.cookieName)
}

export async function loginWhileSaving(): Promise<void> {
  const gate = store.hold('create')
  const first = count()
  await gate.reached
  // Begins when the first is being saved, and its cookie not yet set.
  const second = withSession((session) => session.set('userId', 'kim'))
  await setImmediate()
  gate.release()
  await Promise.all([first, second])
}

export async function countWithoutStore(): Promise<void> {
  store.fail('*')
  try {
    await countAndGo()
  } finally {
    store.heal()
  }
}

async function countAndGo(): Promise<void> {
  await withSession((session) => {
    session.visits = 503
    redirect('/?saved')
  })
}
