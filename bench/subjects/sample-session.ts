import { hash } from 'node:crypto'

/** One line of the cart. */
export interface CartItem {
  sku: string
  price: number
  amount: number
}

/** What every session holds when it is measured: some strings, and an object with a list in it. */
export interface SampleData {
  userId: string
  email: string
  role: string
  cart: { items: CartItem[] }
  count: number
}

/** A secret that every library takes: random, and longer than 32 characters. */
export const SECRET = 'Zr4u7x!A%D*G-KaPdSgVkYp3s6v9y/B?E(H+MbQeThWmZq4t7w'

/** The size of the session that questions are asked with, unless they ask about sizes: a cart of five. */
export const SESSION_BYTES = 300

/** Sees a session as what `/login` puts into it: each library's own type says less, or something else. */
export function asSample(session: object): Partial<SampleData> {
  return session
}

/** Names a session by its number: 43 characters, as a session id of ours has. */
export function sampleId(session: number): string {
  return hash('sha256', String(session), 'base64url')
}

/** How large a heap may grow, in megabytes, to hold so many: three times what they take, as garbage collection needs room. */
export function heapMegabytes(sessions: number): number {
  return Math.max(1_024, Math.ceil((sessions * 3_000) / 2 ** 20))
}

/** Gives each visitor in turn the data that a login puts into the session, about so many bytes of JSON. */
export function sampleVisitors(bytes: number): () => Omit<SampleData, 'count'> {
  const cart = cartFor(bytes)
  let visitor = 0
  return () => {
    visitor++
    const userId = `user-${String(visitor).padStart(8, '0')}`
    // A cart of the visitor's own: a store may keep the very object.
    return { userId, email: `${userId}@example.com`, role: 'editor', cart: { items: [...cart] } }
  }
}

function cartFor(bytes: number): CartItem[] {
  const empty = {
    userId: 'user-00000000',
    email: 'user-00000000@example.com',
    role: 'editor',
    cart: { items: [] },
  }
  const one: CartItem = { sku: 'A-1000', price: 100, amount: 1 }
  const room = Math.max(0, bytes - JSON.stringify(empty).length)
  const length = Math.round(room / (JSON.stringify(one).length + 1))
  return Array.from({ length }, (_, at) => ({
    sku: `A-${1000 + at}`,
    price: 100 + (at % 900),
    amount: 1 + (at % 9),
  }))
}
