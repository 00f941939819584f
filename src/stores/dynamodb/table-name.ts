import { invalidOption } from '../options.ts'

/** The table that is used when none is named. */
export const DEFAULT_TABLE = 'coatcheck_sessions'

const NAME = /^[\w.-]{3,255}$/
const ARN = /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[\w.-]{3,255}$/

/**
 * Checks the name of a table, or its ARN, which tells one of another account.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it is neither.
 * @see Amazon DynamoDB developer guide: naming rules
 */
export function tableName(name: unknown): string {
  if (typeof name === 'string' && (NAME.test(name) || ARN.test(name))) return name
  const expected = '3 to 255 letters, digits, underscores, hyphens and dots, or the ARN of a table'
  throw invalidOption('DynamoDbSessionStore', 'table', expected, name)
}
