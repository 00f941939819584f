import type { ReactNode } from 'react'
import { readSession } from '../../lib/http-session.ts'

// Has Next keep what fetch() is answered, whatever is said at the call.
export const fetchCache = 'force-cache'

export default async function Page(): Promise<ReactNode> {
  const { userId } = await readSession()
  return <output>{JSON.stringify({ userId })}</output>
}
