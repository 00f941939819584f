import { defineNitroConfig } from 'nitropack/config'

const preset = process.env.NITRO_PRESET ?? ''

export default defineNitroConfig({
  srcDir: 'server',
  compatibilityDate: '2026-07-01',
  // Built for several at the same time.
  buildDir: `.nitro/${preset}`,
  output: { dir: `.output/${preset}` },
  imports: false,
  errorHandler: 'server/errors.ts',
  cloudflare: { nodeCompat: true, deployConfig: true },
})
