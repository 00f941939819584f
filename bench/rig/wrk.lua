-- Sends each visitor's cookie in turn, and prints what it counted as one line of JSON.
-- Arguments: a file with one Cookie header a line; an empty line is a request without one.

local requests = {}
local last = 0

function init(args)
  for cookie in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format(nil, nil, cookie ~= "" and { ["Cookie"] = cookie } or {})
  end
end

function request()
  last = last % #requests + 1
  return requests[last]
end

function done(summary)
  local errors = summary.errors
  local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('{"requests":%d,"failures":%d}\n', summary.requests, failures))
end
