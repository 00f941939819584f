/** The stores that a process in Bun opens. */
export type StoreKind = 'postgres' | 'mysql' | 'sqlite' | 'redis'

/** To make a client and a store of it. */
export interface MakeOrder {
  method?: undefined
  kind: StoreKind
  url: string
  clientOptions: object
  options: object
}

/** What a process in Bun is told to do: to make a store, or to call a method of one or of its client. */
export type Order = { number: number; at: number } & (
  | MakeOrder
  | { method: string; on: 'store' | 'client'; args: unknown[] }
)

/** What it answers: what came of it as JSON, or an error with all that can be seen of it. */
export interface OrderReply {
  number: number
  json?: string | undefined
  error?: {
    name: string | undefined
    message: string
    code: string | undefined
    shown: string
  }
}
