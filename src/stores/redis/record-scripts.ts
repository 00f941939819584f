import { FIRST_LINE, KEPT_MARKS, MARK_LENGTH, marksLength, NOT_INDEXED, OFFSET } from './record-format.ts'
import { NOW, type Script, script } from './script.ts'

/*
 * Every script touches keys of one slot, so that all of them work in a Cluster. What belongs to two slots, a record
 * and the index of its user, is done in two commands in the order that cannot leave a session out of the index.
 */

// Lua counts from 1, and `from, to` includes both ends.
function slice(of: string, offset: number, length: number): string {
  return `string.sub(${of}, ${offset + 1}, ${offset + length})`
}

// The marks of a record, of which the first line is enough; empty when it is nothing this store wrote.
const MARKS_OF = `
local function marksOf(record)
  local lineEnd = string.find(record, '\\n', ${OFFSET.marks + 1}, true)
  return lineEnd and string.sub(record, ${OFFSET.marks + 1}, lineEnd - 1) or ''
end
`

// The user line of a whole record; empty when it has none, or is nothing this store wrote.
const USER_OF = `
local function userOf(record)
  local lineEnd = string.find(record, '\\n', ${OFFSET.marks + 1}, true)
  local idEnd = lineEnd and string.find(record, '\\n', lineEnd + 1, true)
  local userEnd = idEnd and string.find(record, '\\n', idEnd + 1, true)
  return userEnd and string.sub(record, idEnd + 1, userEnd - 1) or ''
end
`

/** Record, ttl, write mark. Gives 1 when the record is there by this write, 0 when the id was taken. */
export const CREATE: Script = script(`
${MARKS_OF}
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return 1 end
local marks = marksOf(redis.call('GETRANGE', KEYS[1], 0, ${FIRST_LINE.longest - 1}))
return string.find(marks, ARGV[3], 1, true) and 1 or 0
`)

/**
 * Record, ttl, expected revision, write mark, owner lines, and until when the index names it: 16 digits when
 * that was just written, empty when the script has to find out.
 * Gives `written`, `conflict`, `missing`, or `unindexed`: nothing was written, the index comes first.
 */
export const REPLACE: Script = script(`
${MARKS_OF}
local record, mark, owner, indexed = ARGV[1], ARGV[4], ARGV[5], ARGV[6]
local old = redis.call('GETRANGE', KEYS[1], 0, ${FIRST_LINE.longest - 1} + #owner)
if old == '' then return 'missing' end
local marks = marksOf(old)
if string.find(marks, mark, 1, true) then return 'written' end
if marks == '' or ${slice('old', OFFSET.revision, 16)} ~= ARGV[3] then return 'conflict' end
if indexed == '' then
  ${NOW}
  indexed = ${slice('old', OFFSET.indexedUntil, 16)}
  local ownerStart = ${OFFSET.marks} + #marks + 2
  local sameOwner = string.sub(old, ownerStart, ownerStart + #owner - 1) == owner
  if not sameOwner or now + ARGV[2] > (tonumber(indexed) or 0) then return 'unindexed' end
end
record = string.sub(record, 1, ${OFFSET.indexedUntil}) .. indexed .. ' ' .. mark .. ' '
  .. string.sub(marks, 1, ${marksLength(KEPT_MARKS - 1)}) .. string.sub(record, ${FIRST_LINE.shortest})
redis.call('SET', KEYS[1], record, 'PX', ARGV[2])
return 'written'
`)

/**
 * Ttl, `touchedAt expiresAt`, and until when the index names it: 16 digits when that was just written, else empty.
 * Gives 1 when touched, 0 when there is nothing to touch, or the user line: nothing was written, the index
 * of that user comes first.
 */
export const TOUCH: Script = script(`
local old = redis.call('GETRANGE', KEYS[1], 0, ${FIRST_LINE.shortest - 1})
if #old < ${FIRST_LINE.shortest} then return 0 end
local indexed = ${slice('old', OFFSET.indexedUntil, 16)}
if indexed ~= '${NOT_INDEXED}' then
  if ARGV[3] ~= '' then
    indexed = ARGV[3]
  else
    ${NOW}
    if now + ARGV[1] > (tonumber(indexed) or 0) then
      ${USER_OF}
      return userOf(redis.call('GET', KEYS[1]))
    end
  end
end
redis.call('SETRANGE', KEYS[1], ${OFFSET.touchedAt}, ARGV[2] .. ' ' .. indexed)
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
`)

/** Gives the user line of the record it removed, which may be empty; nothing when there was none. */
export const DESTROY: Script = script(`
${USER_OF}
local old = redis.call('GET', KEYS[1])
if not old then return false end
redis.call('DEL', KEYS[1])
return userOf(old)
`)

/**
 * A second key, if there is one: where to leave word of the end. Expected revision, write mark, and for how many
 * milliseconds to leave it. Gives what REPLACE gives, with the user line as a second line of `written`.
 */
export const DESTROY_REVISION: Script = script(`
${USER_OF}
local old = redis.call('GET', KEYS[1])
if not old then
  local word = KEYS[2] and redis.call('GET', KEYS[2])
  if word and ${slice('word', 0, MARK_LENGTH)} == ARGV[2] then
    return 'written' .. string.sub(word, ${MARK_LENGTH + 1})
  end
  return 'missing'
end
if ${slice('old', OFFSET.revision, 16)} ~= ARGV[1] then return 'conflict' end
local line = '\\n' .. userOf(old)
redis.call('DEL', KEYS[1]) -- first: a full server takes a SET only after a write that makes room
if KEYS[2] then redis.call('SET', KEYS[2], ARGV[2] .. line, 'PX', ARGV[3]) end
return 'written' .. line
`)

/** User line. Removes the record if it belongs to that user; gives 1 when it did. */
export const DESTROY_OF_USER: Script = script(`
${USER_OF}
local old = redis.call('GET', KEYS[1])
if not old or userOf(old) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
return 1
`)
