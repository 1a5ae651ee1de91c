# The headers of libraries that many files of a target include: parsed once per target, which about
# halves the compiler's work. Headers of ours are left out, for a change in one would compile
# everything again. Each file still includes what it uses.

# Everywhere, the agent too.
set(plain_headers
    <algorithm> <array> <charconv> <chrono> <cmath> <filesystem> <functional> <map> <memory>
    <optional> <set> <span> <string> <string_view> <variant> <vector>
    <boost/describe.hpp> <boost/json.hpp> <boost/mp11.hpp> <boost/system/result.hpp>)

# Where coroutines are.
set(asio_headers
    <boost/asio/as_tuple.hpp> <boost/asio/awaitable.hpp> <boost/asio/bind_cancellation_slot.hpp>
    <boost/asio/co_spawn.hpp> <boost/asio/experimental/awaitable_operators.hpp>
    <boost/asio/io_context.hpp> <boost/asio/local/stream_protocol.hpp> <boost/asio/post.hpp>
    <boost/asio/posix/stream_descriptor.hpp> <boost/asio/steady_timer.hpp>
    <boost/asio/use_awaitable.hpp> <boost/asio/write.hpp> <boost/uuid/random_generator.hpp>
    <fmt/format.h> <spdlog/spdlog.h>)
