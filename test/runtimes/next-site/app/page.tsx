import type { ReactNode } from 'react'
import * as actions from '../lib/actions.ts'
import { readSession } from '../lib/session.ts'

export default async function Page(): Promise<ReactNode> {
  const { userId, visits } = await readSession()
  return (
    <main>
      <output>{JSON.stringify({ userId, visits })}</output>
      {Object.entries(actions).map(([name, action]) => (
        <form key={name} id={name} action={action}>
          <button type="submit">{name}</button>
        </form>
      ))}
    </main>
  )
}
