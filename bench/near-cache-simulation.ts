import { Site, type SiteOptions } from './simulation/site.ts'

// node bench/near-cache-simulation.ts: how often a near cache in each process saves the way to Redis, and how many
// commands that leaves. No server and no clock; takes half a minute.

const REQUESTS = 1_500_000
// Until the caches are full, nothing is counted.
const UNCOUNTED = 500_000

const VISITS = 20_000
const PROCESSES = [1, 4, 16, 64]
const ENTRIES = [1_000, 10_000, 100_000]

function simulate(options: SiteOptions): { hits: number; commands: number } {
  const site = new Site(options)
  for (let request = 0; request < UNCOUNTED; request++) site.request()
  let hits = 0
  let writes = 0
  for (let request = 0; request < REQUESTS; request++) {
    const { hit, wrote } = site.request()
    if (hit) hits++
    if (wrote) writes++
  }
  // A load is one GET; with a cache a miss is GET and PTTL. A write or touch is one script.
  const commandsOfLoads = options.entries === 0 ? REQUESTS : 2 * (REQUESTS - hits)
  return { hits: hits / REQUESTS, commands: (commandsOfLoads + writes) / REQUESTS }
}

function row(processes: number, sticky: boolean): string {
  const cells = ENTRIES.map((entries) => {
    const { hits, commands } = simulate({ visits: VISITS, processes, sticky, entries })
    return `${(100 * hits).toFixed(0)}%, ${commands.toFixed(2)}`
  })
  return `| ${[processes, sticky ? 'to the same process' : 'to any process', ...cells].join(' | ')} |`
}

const without = simulate({ visits: VISITS, processes: 1, sticky: true, entries: 0 })
console.log(`${VISITS.toLocaleString('en-US')} visits under way: hit rate, commands to Redis a request.`)
console.log(`Without a cache: ${without.commands.toFixed(2)} commands a request.\n`)
const sizes = ENTRIES.map((entries) => `${entries.toLocaleString('en-US')} records each`)
console.log(`| processes | a visitor's requests go | ${sizes.join(' | ')} |`)
console.log(`|---|---|${'---|'.repeat(ENTRIES.length)}`)
for (const processes of PROCESSES) {
  console.log(row(processes, true))
  if (processes > 1) console.log(row(processes, false))
}
