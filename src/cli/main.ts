#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { secret } from './secret.ts'

/** A command: what it prints, and its line in the help. */
interface Command {
  summary: string
  output(): string
}

const COMMANDS: Map<string, Command> = new Map([
  ['secret', { summary: 'Print a fresh secret: 32 random bytes, base64url', output: secret }],
])

function help(): string {
  const lines = [...COMMANDS].map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`)
  return `Usage: coatcheck <command>

Commands:
${lines.join('\n')}

Options:
  --help      Print this
  --version   Print the version`
}

function version(): string {
  // Two folders up from src/cli and from dist/cli alike: the package's root.
  const manifest: { version: string } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  )
  return manifest.version
}

/** Finds what to print. Gives `undefined` when the arguments make no sense. */
function output([first = '', ...rest]: string[]): string | undefined {
  if (first === '--help' || first === '-h' || rest[0] === '--help' || rest[0] === '-h') return help()
  if (rest.length > 0) return undefined
  if (first === '--version') return version()
  return COMMANDS.get(first)?.output()
}

const args = process.argv.slice(2)
const text = output(args)
if (text === undefined) {
  const what = args.length === 0 ? 'No command given' : `Unknown command: ${args.join(' ')}`
  process.stderr.write(`${what}\n\n${help()}\n`)
  process.exitCode = 2
} else process.stdout.write(`${text}\n`)
