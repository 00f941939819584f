import { copyData } from './data-copy.ts'
import { type DataObject, isDataObject } from './data-text.ts'
import { ConfigError } from './errors.ts'
import type { Validate, Validated } from './policy.ts'
import { shownText } from './shown-text.ts'

/**
 * A schema of zod, valibot, arktype or any other library that speaks Standard Schema.
 * @see Standard Schema specification, version 1
 */
export interface DataSchema<Output extends object> {
  /** The interface the libraries agreed on. */
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

/** What such a schema answers. */
export type SchemaResult<Output> = SchemaSuccess<Output> | SchemaFailure

/** The answer of a schema that the data fits. */
export interface SchemaSuccess<Output> {
  /** The data, as the schema makes it. */
  readonly value: Output
  /** Tells the two answers apart. */
  readonly issues?: undefined
}

/** The answer of a schema that the data does not fit. */
export interface SchemaFailure {
  /** What is wrong. */
  readonly issues: ReadonlyArray<SchemaIssue>
}

/** One thing a schema finds wrong. */
export interface SchemaIssue {
  /** What is wrong, in words; not passed on, since it may quote the value. */
  readonly message: string
  /** Where in the data. */
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined
}

/**
 * Turns a schema into the engine's check.
 * @param option - What it was given as, for the message.
 * @throws {ConfigError} `ERR_CONFIG_INVALID` it does not speak Standard Schema.
 */
export function validatorOf(schema: DataSchema<object> | undefined, option: string): Validate | null {
  if (schema === undefined) return null
  const standard = schema?.['~standard']
  if (typeof standard?.validate !== 'function') {
    throw new ConfigError(
      'ERR_CONFIG_INVALID',
      `${option} does not speak Standard Schema (it has no '~standard'.validate). Give a zod, valibot or arktype object schema.`,
    )
  }
  return (data: DataObject) => {
    const result = standard.validate(data)
    return result instanceof Promise ? result.then(read) : read(result)
  }
}

function read(result: SchemaResult<object>): Validated {
  if (result.issues !== undefined) return { problems: places(result.issues) }
  return isDataObject(result.value)
    ? { data: copyData(result.value) }
    : { problems: ['the schema does not give an object'] }
}

// A visitor whose keys are data can make any number of mistakes, and any number of levels.
const MOST_PLACES = 10
const LONGEST_PLACE = 200

function places(issues: readonly SchemaIssue[]): string[] {
  const named = issues.slice(0, MOST_PLACES).map(describe)
  const more = issues.length - named.length
  return more === 0 ? named : [...named, `and ${more} places more`]
}

/** Names the place only: a schema's message may quote the value. */
function describe(issue: SchemaIssue): string {
  const path = (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part))
  return path.length === 0 ? 'the data as a whole' : `'${shownText(path.join('.'), LONGEST_PLACE)}'`
}
