// Only what begins with ':': a part that is a variable is of type string, and a union of it with names is string again.
type ParametersOf<Path extends string> = Path extends `${infer Head}/${infer Tail}`
  ? Parameter<Head> | ParametersOf<Tail>
  : Parameter<Path>

type Parameter<Segment extends string> = Segment extends `:${string}` ? Segment : never

type NameOf<Segment extends string> = Segment extends `:${infer Name}{${string}`
  ? Name
  : Segment extends `:${infer Name}?`
    ? Name
    : Segment extends `:${infer Name}`
      ? Name
      : never

type OptionalOf<Segment extends string> = Segment extends `:${string}?` ? Segment : never

type Flat<Params> = { [Name in keyof Params]: Params[Name] }

/** The parameters a path names: `'/users/:id/:tab?'` has `{ id: string; tab?: string }`. */
export type RouteParams<Path extends string> = string extends Path
  ? Record<string, string>
  : Flat<
      { [Name in NameOf<Exclude<ParametersOf<Path>, OptionalOf<ParametersOf<Path>>>>]: string } & {
        [Name in NameOf<OptionalOf<ParametersOf<Path>>>]?: string
      }
    >
