import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Sample, samplesOf } from '../../scripts/samples.ts'
import { type RunningExample, startExample } from './start-example.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Reads a page of the docs. */
export function readPage(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8')
}

/** Finds the first sample of a page that has these words. */
export function sampleWith(path: string, words: string): Sample {
  const sample = samplesOf(readPage(path)).samples.find(({ text }) => text.includes(words))
  if (sample === undefined) throw new Error(`${path} has no sample with '${words}'.`)
  return sample
}

/** Starts a sample as a program of its own for one test. It must print its address. */
export async function startSample(name: string, text: string): Promise<RunningExample> {
  mkdirSync(join(ROOT, '.tmp'), { recursive: true })
  const folder = mkdtempSync(join(ROOT, '.tmp/page-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, name), text)
  const example = await startExample(relative(ROOT, join(folder, name)), {
    NODE_ENV: 'development',
    SESSION_SECRET: 'a-secret-of-the-page-tests-0123456789',
  })
  onTestFinished(async () => void (await example.stop()))
  return example
}
