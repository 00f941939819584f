type SegmentsOf<Path extends string> = Path extends `${infer Head}/${infer Tail}`
  ? Head | SegmentsOf<Tail>
  : Path

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
      { [Name in NameOf<Exclude<SegmentsOf<Path>, OptionalOf<SegmentsOf<Path>>>>]: string } & {
        [Name in NameOf<OptionalOf<SegmentsOf<Path>>>]?: string
      }
    >
