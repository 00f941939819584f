import type { StorableData } from './storable-data.ts'

/**
 * Names the data of your sessions where a framework's request type is global (Express, Fastify, Koa).
 *
 * Extend it in your code: `declare module 'coatcheck' { interface SessionData { userId?: string } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: users fill it by declaration merging, which needs an interface
export interface SessionData {}

/** What `JSON.parse` gives: the type of data that nobody has described yet. */
export type ParsedJson = ReturnType<typeof JSON.parse>

/** The data type used when none is given: {@link SessionData} once you have extended it, else anything. */
export type DefaultData = keyof SessionData extends never
  ? Record<string, ParsedJson>
  : StorableData<SessionData>
