import { existsSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { report } from './report.ts'
import { filesUnder } from './source-files.ts'

const PAGES = ['*.md', 'docs/**/*.md', 'bench/*.md', 'examples/**/*.md']
const ELSEWHERE = /^[a-z]+:/

/** Finds links of pages whose file, or whose heading in it, is not there. */
export function checkLinks(root: string): string[] {
  return filesUnder(root, PAGES).flatMap((page) =>
    linksOf(readProse(root, page)).flatMap(({ line, target }) => {
      const problem = problemOf(root, page, target)
      return problem === null ? [] : [`${page}:${line} links to ${target}, ${problem}`]
    }),
  )
}

function problemOf(root: string, page: string, target: string): string | null {
  if (ELSEWHERE.test(target)) return null
  const [path = '', heading] = target.split('#')
  const file = path === '' ? page : posix.normalize(posix.join(posix.dirname(page), path))
  if (!existsSync(join(root, file))) return 'which is not there.'
  if (heading === undefined || anchorsOf(readProse(root, file)).has(heading)) return null
  return `and ${file} has no such heading.`
}

/** Reads a page without what is in its code blocks. Lines stay where they are. */
function readProse(root: string, page: string): string {
  const text = readFileSync(join(root, page), 'utf8')
  return text.replace(/^ *(`{3,}|~{3,})[\s\S]*?^ *\1/gm, (block) => block.replace(/[^\n]/g, ''))
}

function linksOf(prose: string): { line: number; target: string }[] {
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(({ index, 1: target = '' }) => ({
    line: prose.slice(0, index).split('\n').length,
    target,
  }))
}

/** Gives what a page's headings are called in addresses, as GitHub makes it of them. */
function anchorsOf(prose: string): Set<string> {
  const seen = new Map<string, number>()
  const anchors = [...prose.matchAll(/^#{1,6}\s+(.*)$/gm)].map(([, heading = '']) => {
    const anchor = heading
      .trim()
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-')
    const before = seen.get(anchor) ?? 0
    seen.set(anchor, before + 1)
    return before === 0 ? anchor : `${anchor}-${before}`
  })
  return new Set(anchors)
}

if (import.meta.main) {
  const pages = filesUnder(process.cwd(), PAGES)
  report('check-links', checkLinks(process.cwd()), `every link of ${pages.length} pages leads somewhere`)
}
