import type { Advice } from './commands.ts'

/** What to do about the errors of a REST interface, as far as it is something else than with a driver. */
export const REST_ADVICE: readonly Advice[] = [
  [
    /^HTTP 401|WRONGPASS|NOAUTH|^Unauthorized/,
    'The token was refused: give the REST token of this very database (UPSTASH_REDIS_REST_TOKEN, on Vercel KV_REST_API_TOKEN), and not its password. A reset of the credentials ends the tokens there were.',
  ],
  [
    /NOPERM/,
    'The token may not do this. Give the standard token, not the read-only one (on Vercel KV_REST_API_TOKEN, not KV_REST_API_READ_ONLY_TOKEN); that of an ACL user needs +get +set +exists +setrange +getrange +del +pexpire +pexpireat +eval +evalsha +time +scan +dbsize +@sortedset, on the keys of the prefix.',
  ],
  [
    /max (daily |monthly )?requests? limit exceeded/i,
    "The plan's commands are used up, and sessions can be neither read nor written until it has more: see the usage in the console, and take a larger plan.",
  ],
  [
    /^HTTP 429/,
    'Too many requests at a time for the plan, or its budget is used up: see the limits in the console.',
  ],
  [
    /^HTTP 413|max (request|single record) size exceeded/i,
    'What was sent or asked for is larger than the plan allows: keep less in sessions.',
  ],
  [
    /capacity quota exceeded|max data size/i,
    "The database is full, and refuses writes: take a larger plan. Leave eviction off: it may drop a user's index, and revoke() then misses sessions.",
  ],
  [
    /^HTTP (0|3\d\d|404|405)\b|no JSON|neither a reply/,
    'Something else answered than a REST interface of Redis: check the url (UPSTASH_REDIS_REST_URL, on Vercel KV_REST_API_URL).',
  ],
  [
    /'cache' field on/,
    "This Worker's compatibility_date is too old for fetch() to be told not to keep answers: it takes 2024-11-11 or later.",
  ],
  [
    /EMFILE|ENFILE/,
    'This process may open no more connections: allow it more files (`ulimit -n`), or serve fewer requests at a time in it.',
  ],
  [
    /^HTTP 5\d\d|^No answer came/,
    'The REST interface could not be reached, or did not answer, so the command may have been carried out: check the url, and whether the service is up.',
  ],
]
