import type { DynamoDbClient } from '../../../src/stores/dynamodb.ts'

/**
 * Wraps a client so that each request is seen before it is sent, and waits for what `see` gives.
 * @param see - Gets the operation and what is asked of it; may give something else to ask.
 */
export function watchedClient(
  client: DynamoDbClient,
  see: (operation: string, input: object) => object | undefined | Promise<object | undefined>,
): DynamoDbClient {
  return new Proxy(client, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (typeof method !== 'function') return method
      return async (input: object) =>
        Reflect.apply(method, target, [(await see(String(name), input)) ?? input])
    },
  })
}
