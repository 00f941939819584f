import type { DynamoDbItem, DynamoDbUpdate, DynamoDbWords } from './client.ts'

/** A test of an item, and the words it uses. Made by {@link condition}. */
export interface Condition {
  readonly text: string
  readonly names: readonly string[]
  readonly values: Readonly<DynamoDbItem>
}

/**
 * Makes a condition. Attributes are written `#name` in it, as many a plain word is reserved, and values `:name`.
 * @param values - What stands for each `:name`.
 */
export function condition(text: string, values: DynamoDbItem = {}): Condition {
  return { text, names: [...text.matchAll(/#(\w+)/g)].map(([, name = '']) => name), values }
}

/** Makes one condition of several that must all hold. */
export function allOf(...conditions: readonly Condition[]): Condition {
  return {
    text: conditions.map(({ text }) => `(${text})`).join(' AND '),
    names: conditions.flatMap(({ names }) => names),
    values: Object.assign({}, ...conditions.map(({ values }) => values)),
  }
}

/** Gives what a condition speaks of, as DynamoDB takes it. */
export function wordsOf({ names, values }: Pick<Condition, 'names' | 'values'>): DynamoDbWords {
  return {
    ...(names.length > 0 && {
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    }),
    ...(Object.keys(values).length > 0 && {
      ExpressionAttributeValues: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [`:${name}`, value]),
      ),
    }),
  }
}

/** What an update does to an item. */
export interface Change {
  /** The attributes that get a new value. */
  readonly set: Readonly<DynamoDbItem>
  /** The attributes that go. Default: none. */
  readonly remove?: readonly string[]
}

/** Writes a change out as DynamoDB takes it, with the condition on it. */
export function update(
  { set, remove = [] }: Change,
  onlyIf: Condition,
): DynamoDbWords & Pick<DynamoDbUpdate, 'UpdateExpression' | 'ConditionExpression'> {
  const assignments = Object.keys(set).map((name) => `#${name} = :new_${name}`)
  const removals = remove.map((name) => `#${name}`)
  return {
    UpdateExpression: `SET ${assignments.join(', ')}${removals.length > 0 ? ` REMOVE ${removals.join(', ')}` : ''}`,
    ConditionExpression: onlyIf.text,
    ...wordsOf({
      names: [...Object.keys(set), ...remove, ...onlyIf.names],
      values: {
        ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`new_${name}`, value])),
        ...onlyIf.values,
      },
    }),
  }
}
