#pragma once

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>

/// Strings of any bytes in JSON that every JSON reader takes. Output, file names and attributes may
/// be no UTF-8, which JSON cannot hold: such a string travels as a data URI of its bytes (RFC
/// 2397), `data:application/octet-stream;base64,/wA=`. A string that begins like one travels so as
/// well; hence whoever sees that beginning may decode it, and gets exactly the bytes that were
/// sent.
namespace outrider {

[[nodiscard]] bool is_utf8(std::string_view text);
/// The text that stands for `bytes`: itself, or a data URI.
[[nodiscard]] std::string to_wire(std::string_view bytes);
/// The bytes that `text` stands for; nothing where it begins as a data URI and is none.
[[nodiscard]] std::optional<std::string> from_wire(std::string_view text);

/// The same for every string of a value, names of members included.
void make_wire(boost::json::value& value);
[[nodiscard]] bool unmake_wire(boost::json::value& value);

} // namespace outrider
