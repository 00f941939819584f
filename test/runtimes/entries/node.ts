import { serve } from '@hono/node-server'
import { NODE_PLATFORM } from '../../adapters/harness/node-platform.ts'
import { subjectsOn } from '../suites/adapters.ts'
import { site } from '../suites/site.ts'

const subjects = Object.values(subjectsOn(NODE_PLATFORM))
serve({ fetch: site({ subjects }), port: Number(process.env.PORT), hostname: '127.0.0.1' })
