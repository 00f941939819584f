import type { ReactNode } from 'react'
import { withSession } from '../../lib/session.ts'

export default async function Late(): Promise<ReactNode> {
  const told = await withSession((session) => {
    session.visits = 1
    return 'called'
  }).catch(String)
  return <output>{JSON.stringify(told)}</output>
}
