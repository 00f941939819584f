export type {
  AdapterApp,
  Answer,
  AppRoute,
  AppScope,
  EmptyAnswer,
  EventsAnswer,
  FileAnswer,
  JsonAnswer,
  RedirectAnswer,
  ResponseAnswer,
  RouteContext,
  ServedApp,
  StreamAnswer,
} from './adapter-app.ts'
export { type AdapterConformanceOptions, adapterConformance } from './adapter-conformance.ts'
export type { ServeApp } from './adapter-trial.ts'
export { type BarrierStore, barrierStore, type Gate, type HoldOptions } from './barrier-store.ts'
export { createClock, type TestClock } from './clock.ts'
export { type FailureOptions, type FaultOptions, type FaultyStore, faultyStore } from './faulty-store.ts'
export type { CountedStore, StoreCalls } from './intercept-store.ts'
export type { SkippedCase } from './skips.ts'
export type { StoreUnderTest } from './store-case.ts'
export {
  type RegisterTest,
  type StoreConformanceOptions,
  storeConformance,
} from './store-conformance.ts'
export {
  type AnswerRequest,
  type ListeningServer,
  type VisitedSite,
  Visitor,
  type WebApp,
} from './visitor.ts'
