/** A sample of a Markdown page, as a TypeScript file. */
export interface Sample {
  /** The name of the file: the one in its first line (`// sessions.ts`), else `line-12.ts`. */
  name: string
  /** The sample on the lines it has in the page, so that an error's line is the page's line. */
  text: string
  /** Whether it is to be run: its fence says `ts run`. */
  run: boolean
}

/** What a page holds. */
export interface Page {
  samples: Sample[]
  /** Fences that escape the check, as `line: message`. */
  problems: string[]
}

const FENCE = /^(\s*)(`{3,}|~{3,})\s*(.*?)\s*$/
const UNCHECKED = /^(?:typescript|tsx?|mts|javascript|jsx?|mjs)\b/

/**
 * Finds the `ts` samples of a Markdown page.
 *
 * A comment `<!-- given … -->` right before a sample holds lines that the sample needs and a reader does not.
 */
export function samplesOf(markdown: string): Page {
  const lines = markdown.split('\n')
  const page: Page = { samples: [], problems: [] }
  let given: [number, number] | undefined
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (/^\s*<!-- given\b/.test(line)) {
      const end = lines.findIndex((other, index) => index >= at && other.includes('-->'))
      given = [at + 1, end < 0 ? lines.length : end]
      at = given[1]
      continue
    }
    const [, indent = '', ticks, info = ''] = FENCE.exec(line) ?? []
    if (ticks !== undefined) {
      const end = endOfFence(lines, at, ticks)
      if (info === 'ts' || info === 'ts run') {
        page.samples.push(sample(lines, [given, [at + 1, end]], indent.length, info === 'ts run'))
      } else if (UNCHECKED.test(info)) {
        page.problems.push(
          `${at + 1}: a sample marked '${info}' is not checked. Write 'ts', or 'ts run' to have it run.`,
        )
      }
      at = end
    }
    if (line.trim() !== '') given = undefined
  }
  return page
}

function endOfFence(lines: string[], start: number, ticks: string): number {
  const end = lines.findIndex(
    (line, at) => at > start && line.trim().startsWith(ticks) && !/[^`~\s]/.test(line),
  )
  return end < 0 ? lines.length : end
}

/** Blanks out all but the given ranges of lines. */
function sample(
  lines: string[],
  ranges: ([number, number] | undefined)[],
  indent: number,
  run: boolean,
): Sample {
  const kept = lines.map((line, at) =>
    ranges.some((range) => range && at >= range[0] && at < range[1])
      ? line.replace(new RegExp(`^\\s{0,${indent}}`), '')
      : '',
  )
  const start = ranges.at(-1)?.[0] ?? 0
  const name = /^\/\/ ([\w/.-]+\.ts)$/.exec(kept[start] ?? '')?.[1] ?? `line-${start}.ts`
  return { name, text: `${kept.join('\n').trimEnd()}\n`, run }
}
