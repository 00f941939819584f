import { serve } from '@hono/node-server'
import { site } from '../suites/site.ts'

serve({ fetch: site(), port: Number(process.env.PORT), hostname: '127.0.0.1' })
