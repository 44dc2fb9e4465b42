-- Creates of expenses for wrk: every body is another one, and the workspaces take turns.
-- After "--": the file of targets (one "workspace category" per line), the API key, the seed, and a
-- Prefer field or "default". The last line that it prints is a JSON object with what was measured.
local targets, head, tail = {}, "", ""
local merchants, count, run = {}, 0, ""
local threads = {}
created, accepted, refused = 0, 0, 0

function setup(thread)
    thread:set("number", #threads)
    table.insert(threads, thread)
end

function init(args)
    for line in io.lines(args[1]) do
        local workspace, category = line:match("(%S+) (%S+)")
        table.insert(targets, {"POST /v1/workspaces/" .. workspace .. "/expenses HTTP/1.1\r\n",
            '"spent_on":"2026-11-20","category":"' .. category .. '","merchant":"'})
    end
    math.randomseed(tonumber(args[3]) + number)
    run = string.format("%08x", math.random(0, 0x7fffffff)) .. number
    for i = 1, 500 do merchants[i] = "Merchant " .. i end
    head = "Host: localhost\r\nAuthorization: Bearer " .. args[2] ..
        "\r\nContent-Type: application/json\r\n"
    if args[4] ~= "default" then head = head .. "Prefer: " .. args[4] .. "\r\n" end
    counts_statuses = args[5] == "count"
    if not counts_statuses then response = nil end
    count = math.random(0, #targets)
end

function request()
    count = count + 1
    local target = targets[count % #targets + 1]
    local body = '{"amount":{"amount":' .. math.random(100, 99999) .. ',"currency":"EUR"},' ..
        target[2] .. merchants[math.random(500)] .. '","note":"number ' .. count ..
        '","tags":["weekly"]}'
    return target[1] .. head .. "Idempotency-Key: " .. run .. "-" .. count ..
        "\r\nContent-Length: " .. #body .. "\r\n\r\n" .. body
end

function response(status)
    if status == 201 then created = created + 1
    elseif status == 202 then accepted = accepted + 1
    else refused = refused + 1 end
end

function done(summary, latency)
    local made, taken = 0, 0
    for _, thread in ipairs(threads) do
        made = made + (thread:get("created") or 0)
        taken = taken + (thread:get("accepted") or 0)
    end
    local failed = summary.errors.connect + summary.errors.read + summary.errors.write +
        summary.errors.status + summary.errors.timeout
    print(string.format('{"requests":%d,"seconds":%.6f,"failed":%d,"created":%d,"accepted":%d,' ..
        '"p50_ms":%.3f,"p95_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f}', summary.requests,
        summary.duration / 1e6, failed, made, taken, latency:percentile(50) / 1e3,
        latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3))
end
