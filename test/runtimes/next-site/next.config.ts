import type { NextConfig } from 'next'

const config: NextConfig = {
  // The test asks for the types by itself, with the compiler of the project.
  typescript: { ignoreBuildErrors: true },
  // What the site imports lies in the folder of the runtimes.
  turbopack: { root: process.env.SITE_ROOT ?? '' },
}

export default config
