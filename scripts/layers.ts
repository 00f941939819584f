/** What the files of one part of `src` may import. */
export interface Layer {
  /** The files: a path from `src`, or the beginning of one. The first layer that fits a file counts. */
  files: string
  /** What may be imported for its values. `./x/` is a folder of ours, `node:` any builtin, else a package. */
  values: string[]
  /** What may, besides, be imported with `import type`: nothing of it is left at run time. */
  types: string[]
  /** What may not be imported although it lies in a folder that may. */
  never?: string[]
}

/**
 * Who may import whom: DESIGN section 3 as a table.
 *
 * A driver is imported by type only, so that a store costs nobody a dependency: the user hands us the client.
 */
export const LAYERS: Layer[] = [
  { files: 'index.ts', values: ['./core/'], types: [] },

  { files: 'core/crypto.ts', values: ['./core/', 'node:crypto'], types: [] },
  { files: 'core/diagnostics.ts', values: ['./core/', 'node:diagnostics_channel'], types: [] },
  { files: 'core/', values: ['./core/'], types: [] },

  store('sqlite', ['better-sqlite3']),
  store('redis', ['redis', '@redis/client', 'ioredis']),
  store('postgres', ['pg', 'postgres']),
  store('mysql', ['mysql2']),
  store('connect', ['express-session']),
  store('unstorage', ['unstorage']),
  store('', []),

  adapter('express', ['node:'], ['express', 'express-serve-static-core']),
  adapter('fastify', ['node:'], ['fastify']),
  adapter('hono', ['hono'], []),
  adapter('koa', ['node:'], ['koa']),
  adapter('fetch', [], []),
  adapter('next', ['node:'], []),
  adapter('h3', ['node:'], []),
  adapter('nitro', ['node:'], []),
  adapter('event-context', [], ['h3']),
  adapter('', ['node:'], []),

  {
    files: 'app/',
    values: [
      './core/',
      './app/',
      './adapters/hono',
      './adapters/node-response',
      './stores/memory',
      'hono',
      '@hono/node-server',
      'node:',
    ],
    types: [],
  },
  { files: 'testing/', values: ['./core/', './testing/', './stores/memory'], types: [] },
  { files: 'cli/', values: ['./', 'node:'], types: [] },
]

/** The files that may be barrels: they are what `package.json` exports. */
export const BARRELS: string[] = ['index.ts', 'app/index.ts', 'testing/index.ts']

/** A store takes core's types, errors and few words more; its driver by type. */
function store(name: string, drivers: string[]): Layer {
  const words = [
    'errors',
    'awaitable',
    'duration',
    'is-error',
    'option-object',
    'secret',
    'shown-value',
    'usable-store',
    'warning',
  ]
  const core = words.map((file) => `./core/${file}.ts`)
  return { files: `stores/${name}`, values: [...core, './stores/', 'node:'], types: ['./core/', ...drivers] }
}

/** An adapter takes core, what adapters share, and its own framework: never another one's. */
function adapter(name: string, values: string[], types: string[]): Layer {
  const never = ['express', 'fastify', 'hono', 'koa', 'next', 'h3', 'nitro'].filter(
    (framework) => framework !== name,
  )
  return {
    files: `adapters/${name}`,
    values: ['./core/', './adapters/', ...values],
    types,
    never: never.map((framework) => `./adapters/${framework}`),
  }
}
