import { describe, expect, test } from 'vitest'
import { checkDocstrings } from '../../scripts/check-docstrings.ts'
import { makeTree } from './tree.ts'

const manifest = JSON.stringify({
  name: 'x',
  exports: { '.': './dist/index.js', './package.json': './package.json' },
})

/** Checks a package whose entry point passes on all names of one declaration file. */
function check(declarations: string, index = `export * from './core/a.ts';\n`): string[] {
  return checkDocstrings(
    makeTree({ 'package.json': manifest, 'dist/index.d.ts': index, 'dist/core/a.d.ts': declarations }),
  )
}

const good = `/** What a store keeps. */
export interface Record {
    /** The id. */
    id: string;
    /** Gives the age. */
    age(): number;
}
/** What may be set. */
export interface RecordOptions {
    /** The id. */
    id: string;
    /** How long it lives, in milliseconds. Default: 5,000. */
    ttl?: number;
}
/** All of it, optional. */
export type Part<Data> = Pick<Record, 'id'> & {
    readonly [Key in keyof Data]?: Data[Key];
};
/** An old record. */
export declare class Old extends Base<string> implements Record {
    #private;
    private secret;
    id: string;
    age(): number;
    /** Re-reads all. */
    get<T extends {
        a: string;
    }>(options: {
        deep?: boolean;
    }): void;
    get(): void;
}
/** Makes a record.
 * @param id - The id. */
export declare function make(id: {
    text: string;
}): Record;
export declare function make(): Record;
declare const hidden: number;
//# sourceMappingURL=a.d.ts.map`

describe('check-docstrings', () => {
  test('lets a documented tree pass, with inherited docstrings, overloads and private members', () => {
    expect(check(good)).toEqual([])
  })

  test.each([
    ['an interface', 'What a store keeps', 'Record has no docstring'],
    ['a property', 'The id', 'Record.id has no docstring'],
    ['a method', 'Gives the age', 'Record.age has no docstring'],
    ['an option', 'How long it lives, in milliseconds. Default: 5,000', 'RecordOptions.ttl has no docstring'],
    ['a class', 'An old record', 'Old has no docstring'],
    ['an overloaded method', 'Re-reads all', 'Old.get has no docstring'],
  ])('fails when %s has none', (_what, sentence, problem) => {
    const found = check(good.replace(`/** ${sentence}. */`, ''))
    expect(found).toContain(`src/core/a.ts: ${problem}. Say in one sentence what it is for.`)
  })

  test('fails when a function has none', () => {
    expect(check('export declare function make(): void;\n')).toEqual([
      'src/core/a.ts: make has no docstring. Say in one sentence what it is for.',
    ])
  })

  test.each(['Maker of records', 'This makes a record', 'make a record', 'Is a record'])(
    'fails when a function begins with %j',
    (sentence) => {
      expect(check(good.replace('Makes a record', sentence))).toEqual([
        expect.stringContaining(`make's docstring does not start with a verb`),
      ])
      expect(check(good.replace('Gives the age', sentence))).toEqual([
        expect.stringContaining(`Record.age's docstring does not start with a verb`),
      ])
    },
  )

  test('fails when an option does not say its default', () => {
    expect(check(good.replace(' Default: 5,000.', ''))).toEqual([
      expect.stringContaining('RecordOptions.ttl does not say its default'),
    ])
  })

  test('looks only at the names that are passed on', () => {
    const two = 'export declare function a(): void;\nexport declare function b(): void;\n'
    expect(check(two, `export { type b as c } from './core/a.js';\n`)).toEqual([
      expect.stringContaining(': b has no'),
    ])
    expect(check('declare class A {\n}\nexport { A };\n')).toEqual([expect.stringContaining(': A has no')])
  })

  test('fails when an entry point has not been built', () => {
    const root = makeTree({ 'package.json': manifest })
    expect(checkDocstrings(root)).toEqual([`dist/index.d.ts of 'x' is missing. Run 'npm run build' first.`])
  })
})
