export type { Awaitable } from './core/awaitable.ts'
export type { Duration } from './core/duration.ts'
export {
  ConfigError,
  DataError,
  type ErrorCode,
  isSessionError,
  SessionError,
  StoreError,
  type StoreOperation,
  UsageError,
} from './core/errors.ts'
export type { EventName, MissReason, SessionEvents } from './core/events.ts'
export type { SessionsOptions } from './core/options.ts'
export type { Passage } from './core/passage.ts'
export type { SessionRecord } from './core/record.ts'
export type { CookieCarrier, HeaderCarrier } from './core/request-cookie.ts'
export type { HeaderSource, NodeHeaders, WebHeaders } from './core/request-header.ts'
export { applyEffects, type ResponseEffects, type ResponseHeaders } from './core/response-effects.ts'
export type { DataSchema, SchemaFailure, SchemaIssue, SchemaResult, SchemaSuccess } from './core/schema.ts'
export type { ReadonlySession, Session, SessionReplacement } from './core/session.ts'
export type { CookieOptions } from './core/session-cookie.ts'
export type { DefaultData, ParsedJson, SessionData } from './core/session-data.ts'
export type { RegenerateOptions, SessionCallback, SessionVerbs } from './core/session-verbs.ts'
export { createSessions, type Sessions } from './core/sessions.ts'
export type { ReservedKey, StorableData, UnstorableValue } from './core/storable-data.ts'
export type {
  EndedRecords,
  RecordPage,
  ReplaceOptions,
  ReplaceOutcome,
  SessionStore,
  TouchOptions,
  WriteOptions,
} from './core/store.ts'
export type { SessionSummary, UserSessions } from './core/user-sessions.ts'
