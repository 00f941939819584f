/** What the suite must find wrong with each broken store: the cases that fail, and no others do. */
export const verdicts: Record<string, string> = {
  'keeps the object it was handed': `
    create create-400-days create-after-destroy create-over-expired create-twice gives-copies
    other-client-replace parallel-create parallel-end parallel-replace race-increments race-touch-replace replace
    replace-big-revision replace-moves-ttl revoke-moved takes-copies touch touch-anonymous
    touch-then-replace`,
  'parses the data, as a JSON column does': 'data-escaped data-not-json data-verbatim',
  'keeps three bytes of a character at most': 'data-raw user-names',
  'cuts data at 32 KiB': 'data-64k data-escaped',
  'keeps numbers in 32 bits': 'big-numbers replace-big-revision',
  'gives a record without a user the user null': `
    big-numbers clock-1970 clock-ahead clock-behind create-400-days create-after-destroy
    create-over-expired create-over-set data-64k data-escaped data-not-json data-raw data-verbatim
    gives-copies id-alphabet id-case other-client parallel-create parallel-replace parallel-set
    race-increments records-apart replace-400-days replace-big-revision replace-conflict
    replace-moves-ttl revoke revoke-none set-moves-ttl set-over takes-copies touch-400-days
    touch-anonymous touch-moves-ttl touch-then-replace ttl-400-days ttl-lasts user-absent`,
  'takes ids for equal whose case differs': 'id-case',
  'set merges the record into the one there': 'list-set-over set-over',
  'forgets when a session began': `
    big-numbers clock-ahead clock-behind create create-400-days create-after-destroy
    create-over-expired create-over-set create-twice data-64k data-escaped data-not-json data-raw
    data-verbatim expired-replace gives-copies id-alphabet id-case list list-created list-destroyed
    list-expired list-extended list-many list-replaced list-set-over other-client
    other-client-replace parallel-create parallel-end parallel-replace parallel-set records-apart
    replace replace-400-days replace-big-revision replace-conflict replace-moves-ttl revoke
    revoke-except revoke-except-foreign revoke-moved revoke-none set-get set-moves-ttl set-over takes-copies touch
    touch-400-days touch-anonymous touch-moves-ttl touch-then-replace ttl-400-days ttl-lasts
    user-absent user-names walk walk-live-only`,
  'makes up a record for an id never written': 'get-missing id-case replace-missing touch-missing',
  'destroy empties the record': `
    count create-after-destroy destroy destroy-missing list-destroyed other-client
    race-destroy-replace race-replace-destroy race-revoke-move race-touch-destroy replace-destroyed
    revoke-counts-live touch-destroyed walk-live-only`,
  'fails to destroy what is not there': 'destroy-missing race-revoke-move',
  'keeps the ttl in 32 bits': 'create-400-days replace-400-days touch-400-days ttl-400-days',
  'keeps the ttl in 32 bits without a sign': `
    create-400-days replace-400-days touch-400-days ttl-400-days`,
  "takes the record's own times for its ttl": `
    clock-1970 clock-ahead clock-behind count create-400-days create-over-expired list-expired
    replace-400-days replace-expired replace-moves-ttl revoke-counts-live set-moves-ttl
    touch-expired ttl-400-days ttl-ends walk-live-only`,
  'takes a ttl of zero for none': `
    expired-create expired-replace expired-set list-ended other-client-end parallel-end`,
  'rounds the ttl up to seconds': `
    clock-1970 clock-ahead clock-behind count create-over-expired list-expired replace-expired
    replace-moves-ttl revoke-counts-live set-moves-ttl touch-expired ttl-ends walk-live-only`,
  'replace keeps the ttl there was': 'list-extended replace-400-days replace-moves-ttl',
  'create writes over what is there': 'create-over-set create-twice list-created parallel-create',
  'create looks, then writes': 'parallel-create',
  'create takes an expired id for taken': 'create-over-expired expired-create',
  'replace writes whatever is there': `
    expired-replace list-replaced parallel-end parallel-replace race-destroy-replace race-increments
    race-revoke-move replace-big-revision replace-conflict replace-destroyed replace-expired
    replace-missing revoke-stays`,
  'replace looks for a record, not for its revision': `
    expired-replace list-replaced parallel-end parallel-replace race-increments replace-big-revision
    replace-conflict`,
  'replace looks, then writes': `
    parallel-end parallel-replace race-increments race-replace-destroy race-revoke-replace`,
  'replace with no ttl looks, then ends': 'parallel-end',
  'replace calls a missing record a conflict': `
    expired-replace race-revoke-move replace-destroyed replace-expired replace-missing revoke-stays`,
  'touch writes back the whole record it read': 'race-revoke-touch race-touch-destroy race-touch-replace',
  'touch brings back what destroyByUser ended': 'race-revoke-touch',
  'touch moves the ttl and not the times': 'list-extended touch touch-anonymous',
  'touch moves the times and not the ttl': `
    expired-touch list-ended list-extended revoke-extended touch-400-days touch-moves-ttl`,
  'touch counts as a write of the data': `
    list-extended race-touch-replace touch touch-400-days touch-anonymous touch-moves-ttl
    touch-then-replace`,
  'says it is immediate and answers later': 'immediate',
  'touch says yes to a missing record': 'revoke-stays touch-destroyed touch-expired touch-missing',
  'the index keeps what has gone': `
    list-created list-destroyed list-expired list-none list-replaced list-set-over`,
  'listByUser gives records without their data': `
    list list-created list-destroyed list-expired list-extended list-many list-replaced list-set-over
    user-names`,
  'listByUser gives the first 1,000': 'list-many',
  'the index has its entries from create and set only': 'list-created list-replaced',
  'index entries end with their first ttl': 'list-created list-extended',
  'takes users for equal whose case differs': 'revoke-names user-names',
  'takes users for equal whose trailing spaces differ': 'revoke-names user-names',
  'takes a user for a pattern': 'revoke-names user-names',
  'cuts users at 191 characters': 'revoke-names user-names',
  'ends users at a U+0000': 'revoke-names user-names',
  'keeps users in UTF-8': 'revoke-names user-names',
  'keeps users in an object, which has some names from the start': 'user-names',
  'takes no user for the user undefined': 'list-none',
  'destroyByUser ignores except': 'revoke-1000 revoke-except',
  'destroyByUser counts what it spares': 'revoke-1000 revoke-except',
  'destroyByUser takes any except for one of the user': 'revoke-1000 revoke-except revoke-except-foreign',
  'destroyByUser stops after 500': 'revoke-1000',
  'destroyByUser ends the first 1,000': 'revoke-1000',
  'destroyByUser ends those too whose user begins like this one': 'revoke-names',
  'destroyByUser lists, then ends one after the other': 'race-revoke-move',
  'destroyByUser lists, then ends one after the other from the last': 'race-revoke-move',
  "what destroyByUser goes by ends with a user's first ttl": 'revoke-extended',
  'destroyByUser counts the dead': 'revoke-counts-live revoke-moved',
  'entries skips by number': 'walk-while-writing',
  'entries goes from the last used to the longest unused': 'walk-while-writing',
  'entries goes from the longest unused to the last used': 'walk-while-writing',
  'entries gives all at once': 'walk-pages',
  'entries drops the last page': 'walk walk-live-only',
  'entries never ends': 'walk walk-empty walk-live-only walk-pages walk-while-writing',
  'entries gives records without their data': 'walk walk-live-only',
  'entries and count take the dead for living': 'count walk-live-only walk-pages',
  'dispose works once': 'dispose-twice',
}
