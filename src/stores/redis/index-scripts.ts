import { NOW, type Script, script } from './script.ts'

/*
 * In the sorted set of a user's index, a name has the time until which it is named as its score. A bar has the time
 * until which it bars too, but below zero, so that the one that lasts longest comes first and no bar is taken for a name.
 */

// A full server refuses ZADD, unless the script has written before, if only to take out what is not there.
const ALSO_WHEN_FULL = `
redis.call('ZREM', KEYS[1], '')
`

/**
 * Id, for how long to name it, for how long its record may count on that; milliseconds.
 * Gives the latter as a time; empty text when the name is new and the index barred: nothing was written. A hundred
 * names whose time has passed are dropped at each call, which is more than it adds.
 */
export const INDEX: Script = script(`
${NOW}
local known = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not known then
  local first = tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2] or 0)
  if first <= -now then return '' end
  if first < 0 then redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', '(0') end
end
local past = redis.call('ZRANGEBYSCORE', KEYS[1], 0, now, 'LIMIT', 0, 100)
if #past > 0 then redis.call('ZREM', KEYS[1], unpack(past)) end
local deadline = now + ARGV[2]
redis.call('ZADD', KEYS[1], string.format('%.0f', math.max(deadline, tonumber(known or 0))), ARGV[1])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', tonumber(last)))
return string.format('%016.0f', now + ARGV[3])
`)

/** Bar, and for how many milliseconds. Bars the index to new names and gives those in it; no bar when there are none. */
export const BAR: Script = script(`
${NOW}
${ALSO_WHEN_FULL}
local names = redis.call('ZRANGEBYSCORE', KEYS[1], 0, '+inf')
if #names > 0 then redis.call('ZADD', KEYS[1], string.format('%.0f', -now - ARGV[2]), ARGV[1]) end
return names
`)

/** Bar, and for how many milliseconds from now. Extends the bar if it is there. */
export const HOLD_BAR: Script = script(`
${NOW}
${ALSO_WHEN_FULL}
redis.call('ZADD', KEYS[1], 'XX', string.format('%.0f', -now - ARGV[2]), ARGV[1])
`)
