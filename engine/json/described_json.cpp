#include "engine/json/described_json.hpp"

namespace outrider::protocol {

result<json::value> parse_json(std::string_view text) {
    json::parse_options options;
    options.max_depth = 32;
    options.allow_invalid_utf8 = true;
    boost::system::error_code ec;
    auto value = json::parse({text.data(), text.size()}, ec, {}, options);
    if (ec) {
        return failure(errc::protocol_violation, "a message is not JSON: " + ec.message());
    }
    return value;
}

} // namespace outrider::protocol
