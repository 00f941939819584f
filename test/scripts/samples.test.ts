import { describe, expect, test } from 'vitest'
import { samplesOf } from '../../scripts/samples.ts'

describe('samplesOf', () => {
  test('finds each ts sample, on the lines of the page', () => {
    const { samples, problems } = samplesOf(
      '# A\n```ts\nlet a\n```\n\n```sh\nnpm ci\n```\n~~~ts run\nlet b\n~~~\n',
    )
    expect(samples).toEqual([
      { name: 'line-2.ts', text: '\n\nlet a\n', run: false },
      { name: 'line-9.ts', text: '\n\n\n\n\n\n\n\n\nlet b\n', run: true },
    ])
    expect(problems).toEqual([])
  })

  test('takes the name out of the first line', () => {
    expect(samplesOf('```ts\n// src/sessions.ts\nlet a\n```').samples[0]?.name).toBe('src/sessions.ts')
    expect(samplesOf('```ts\n// Reads sessions.ts\nlet a\n```').samples[0]?.name).toBe('line-1.ts')
  })

  test('takes the indentation of a list item off', () => {
    expect(samplesOf('- a\n  ```ts\n  if (a) {\n    b\n  }\n  ```').samples[0]?.text).toBe(
      '\n\nif (a) {\n  b\n}\n',
    )
  })

  test('puts the lines of a given comment before the sample that follows it, and no other', () => {
    const { samples } = samplesOf('<!-- given\ndeclare const a: 1\n-->\n\n```ts\na\n```\n```ts\nb\n```')
    expect(samples.map(({ text }) => text.trim().split(/\n+/))).toEqual([['declare const a: 1', 'a'], ['b']])
    expect(samplesOf('<!-- given\nlet a\n-->\ntext\n```ts\nb\n```').samples[0]?.text.trim()).toBe('b')
  })

  test('leaves fences inside a longer fence alone', () => {
    expect(samplesOf('````md\n```ts\nlet a\n```\n````\n').samples).toEqual([])
  })

  test.each(['ts ignore', 'typescript', 'js', 'tsx', 'ts {1}'])(
    'names a fence that would escape the check: %s',
    (info) => {
      expect(samplesOf(`text\n\`\`\`${info}\nlet a\n\`\`\``)).toEqual({
        samples: [],
        problems: [`2: a sample marked '${info}' is not checked. Write 'ts', or 'ts run' to have it run.`],
      })
    },
  )
})
