-- Requests for wrk: KIND is similar, recommend, session or events; IDS a file of identifiers.
local kind = os.getenv("KIND")
-- Shoppers are PREFIX and a number up to USERS: those of the demo are plain numbers up to 2500.
local users, prefix = tonumber(os.getenv("USERS") or "20000"), os.getenv("PREFIX") or "u"
local batch = tonumber(os.getenv("BATCH") or "500")
local ids = {}
for line in io.lines(os.getenv("IDS")) do ids[#ids + 1] = line end

local function pick() return ids[math.random(#ids)] end

local makers = {
  similar = function() return wrk.format("GET", "/v1/products/" .. pick() .. "/similar?k=10") end,
  recommend = function()
    local body = string.format('{"user":"%s%d","k":10}', prefix, math.random(users))
    return wrk.format("POST", "/v1/recommend", nil, body)
  end,
  session = function()
    local body = string.format(
      '{"k":10,"context":{"products":["%s","%s","%s"]}}', pick(), pick(), pick())
    return wrk.format("POST", "/v1/recommend", nil, body)
  end,
  events = function()
    local events = {}
    for place = 1, batch do
      events[place] = string.format(
        '{"event":"view","user_id":"%s%d","item_id":"%s"}', prefix, math.random(users), pick())
    end
    return wrk.format("POST", "/v1/events", nil, "[" .. table.concat(events, ",") .. "]")
  end,
}

function init() math.randomseed(tonumber(tostring({}):match("0x(%x+)"), 16) % 2 ^ 31) end

function request() return makers[kind]() end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "%-10s %9.0f requests/s  p50 %6.2f ms  p99 %6.2f ms  worst %7.2f ms  errors %d\n", kind,
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, latency.max / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
