import { ConfigError } from '../../core/errors.ts'
import { isError } from '../../core/is-error.ts'
import { unreachable } from '../unreachable.ts'

/** What to do about a failure: the name of the SDK's error, words of its message, and the fix. */
type Fix = readonly [name: string, words: RegExp, fix: string]

const ANY = /(?:)/
const OTHER_TABLE =
  'it was made by something else: its key must be pk and sk, both texts. Name another table with the option table.'

const FIXES: readonly Fix[] = [
  [
    'ResourceNotFoundException',
    ANY,
    'it is not there, in this account and region. Make it as docs/stores/dynamodb.md says, or call `await store.migrate()` once; or correct the option table, or the region of the client.',
  ],
  [
    'AccessDeniedException',
    ANY,
    'its role may not do this. Allow it dynamodb:GetItem, PutItem, UpdateItem, DeleteItem and Query on the table, for `entries` and `count` dynamodb:Scan as well.',
  ],
  [
    'ValidationException',
    /exceeded the maximum allowed size/i,
    'DynamoDB keeps no more than 400 KB in an item. Set maxBytes of createSessions to 400,000 or less.',
  ],
  [
    'ValidationException',
    /key element|key schema|required keys|conditions on the keys|missing the key/i,
    OTHER_TABLE,
  ],
  [
    'Error',
    /region is missing/i,
    'its client has no region. Give it one: new DynamoDB({ region }), or the variable AWS_REGION.',
  ],
]

/** Makes an error that names the fix where there is one; any other error of the SDK comes out as it is. */
export function explainError(error: unknown, table: string): unknown {
  if (!isError(error)) return error
  const fix = FIXES.find(([name, words]) => name === error.name && words.test(error.message))
  if (fix === undefined) return unreachable('DynamoDbSessionStore', error) ?? error
  return new ConfigError(
    'ERR_CONFIG_INVALID',
    `DynamoDbSessionStore cannot use the table ${table}: ${fix[2]}`,
    {
      cause: error,
    },
  )
}
