import { NOW, type Script, script } from './script.ts'

/**
 * Id, for how long to name it, for how long its record may count on that; milliseconds.
 * Gives the latter as a time. A hundred names whose time has passed are dropped at each call, which is more
 * than it adds.
 */
export const INDEX: Script = script(`
${NOW}
local past = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100)
if #past > 0 then redis.call('ZREM', KEYS[1], unpack(past)) end
local deadline = now + ARGV[2]
local known = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
redis.call('ZADD', KEYS[1], string.format('%.0f', math.max(deadline, known)), ARGV[1])
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]
redis.call('PEXPIREAT', KEYS[1], string.format('%.0f', tonumber(last)))
return string.format('%016.0f', now + ARGV[3])
`)
