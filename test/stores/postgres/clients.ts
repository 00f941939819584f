import { Pool as NeonPool, neonConfig } from '@neondatabase/serverless'
import pg from 'pg'
import postgres from 'postgres'
import type { PgClient, PostgresJsClient } from '../../../src/stores/postgres.ts'

/** A client of the user's, connected. A test of types too: what the drivers give is taken without a cast. */
export interface ConnectedClient {
  client: PgClient | PostgresJsClient
  end: () => Promise<void>
}

/** Connects a driver, set up as its users do. */
export type Connect = (url: string) => Promise<ConnectedClient>

/** A pool of pg. */
export const connectPool: Connect = async (connectionString) => {
  const pool = new pg.Pool({ connectionString, max: 4 })
  return { client: pool, end: () => pool.end() }
}

/** The sql function of postgres.js. */
export const connectPostgresJs: Connect = async (url) => {
  const client = postgres(url, { max: 4 })
  return { client, end: () => client.end() }
}

/** The same, set up for an application's own needs: renamed columns, numbers as bigints, undefined in place of NULL. */
export const connectOddPostgresJs: Connect = async (url) => {
  const value = { from: (found: unknown) => found ?? undefined }
  const client = postgres(url, {
    max: 4,
    transform: { ...postgres.pascal, value },
    types: { bigint: postgres.BigInt },
  })
  return { client, end: () => client.end() }
}

/** A pool of Neon's serverless driver, whose connections go through a WebSocket each, to a proxy at this address. */
export async function connectNeon(connectionString: string, proxy: string): Promise<ConnectedClient> {
  Object.assign(neonConfig, {
    wsProxy: () => proxy,
    useSecureWebSocket: false,
    pipelineTLS: false,
    pipelineConnect: false,
  })
  const pool = new NeonPool({ connectionString, max: 4 })
  pool.on('error', () => {}) // after end(), of WebSockets that are still closing
  return { client: pool, end: () => pool.end() }
}
