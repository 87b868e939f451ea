-- What wrk sends, one after the other. Of itself, it would put the fields in another order each time that it is started.
local texts = {}
for text in os.getenv("WRK_REQUESTS"):gmatch(".-\r\n\r\n") do
  texts[#texts + 1] = text
end
if #texts == 1 then
  wrk.format = function() return texts[1] end
else
  local at = 0
  request = function()
    at = at % #texts + 1
    return texts[at]
  end
end
