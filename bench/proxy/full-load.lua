-- What wrk sends. Of itself, it would put the fields in another order each time that it is started.
local text = os.getenv("WRK_REQUEST")
wrk.format = function() return text end
