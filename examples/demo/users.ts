import { randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** Somebody who can log in. */
export interface User {
  id: string
  email: string
  name: string
  role: 'admin' | 'member'
}

/** Somebody who can log in, and the password shown on the login page. A real app shows none, and keeps only hashes. */
export interface DemoUser extends User {
  password: string
}

export const DEMO_USERS: readonly DemoUser[] = [
  { id: '1', email: 'ada@example.com', password: 'analytical', name: 'Ada', role: 'admin' },
  { id: '2', email: 'grace@example.com', password: 'compiler', name: 'Grace', role: 'member' },
  { id: '123', email: 'user@example.com', password: 'password', name: 'Guide reader', role: 'member' },
]

const HASH_BYTES = 32
const SALT = randomBytes(16)
const HASHES = new Map(DEMO_USERS.map(({ id, password }) => [id, scryptSync(password, SALT, HASH_BYTES)]))
const hashOf = promisify<string, Buffer, number, Buffer>(scrypt)

/** Finds the user a form's email and password belong to. It takes as long for an email that nobody has. */
export async function findUser(email: unknown, password: unknown): Promise<User | undefined> {
  const user = DEMO_USERS.find((one) => one.email === email)
  const expected = HASHES.get(user?.id ?? '') ?? Buffer.alloc(HASH_BYTES)
  const given = await hashOf(typeof password === 'string' ? password : '', SALT, HASH_BYTES)
  return timingSafeEqual(given, expected) ? user : undefined
}

/** Finds a user by id. */
export function userById(id: string): User | undefined {
  return DEMO_USERS.find((one) => one.id === id)
}
