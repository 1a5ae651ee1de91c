#include "transports/http/request_target.hpp"

#include <charconv>

namespace outrider {
namespace {

std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '+' && plus_is_space) {
            out += ' ';
        } else if (text[at] != '%') {
            out += text[at];
        } else {
            unsigned value = 0;
            const auto digits = text.substr(at + 1, 2);
            const auto [end, error] =
                std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
            if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) {
                return std::nullopt;
            }
            out += static_cast<char>(value);
            at += 2;
        }
    }
    return out;
}

// Calls `each` with every piece between separators; false as soon as one call gives false.
template <class Each>
bool each_piece(std::string_view text, char separator, Each each) {
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find(separator, at), text.size());
        if (const auto piece = text.substr(at, end - at); !piece.empty() && !each(piece)) {
            return false;
        }
        at = end + 1;
    }
    return true;
}

} // namespace

std::string request_target::text(const std::string& name) const {
    const auto found = query.find(name);
    return found == query.end() ? std::string() : found->second;
}

result<std::optional<std::int64_t>> request_target::number(const std::string& name) const {
    const auto found = query.find(name);
    if (found == query.end()) {
        return std::optional<std::int64_t>();
    }
    const auto& typed = found->second;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(typed.data(), typed.data() + typed.size(), value);
    if (error != std::errc() || end != typed.data() + typed.size() || value < 0) {
        return failure(errc::bad_input, "'" + name + "' is no whole number from 0");
    }
    return std::optional(value);
}

bool request_target::flag(const std::string& name) const {
    const auto found = query.find(name);
    return found != query.end() && found->second != "0" && found->second != "false";
}

result<request_target> read_target(std::string_view target) {
    request_target out;
    const auto question = std::min(target.find('?'), target.size());
    const auto query = target.substr(std::min(question + 1, target.size()));
    const bool good = target.starts_with('/') &&
                      each_piece(target.substr(0, question), '/',
                                 [&](std::string_view piece) {
                                     auto text = decoded(piece, false);
                                     out.path.push_back(text.value_or(""));
                                     return text.has_value();
                                 }) &&
                      each_piece(query, '&', [&](std::string_view piece) {
                          const auto equals = std::min(piece.find('='), piece.size());
                          auto name = decoded(piece.substr(0, equals), true);
                          auto value =
                              decoded(piece.substr(std::min(equals + 1, piece.size())), true);
                          if (!name || !value) {
                              return false;
                          }
                          out.query[std::move(*name)] = std::move(*value);
                          return true;
                      });
    if (!good) {
        return failure(errc::bad_input, "the target of the request is no path");
    }
    return out;
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char each : text) {
        if (plain.find(each) != plain.npos) {
            out += each;
        } else {
            const auto byte = static_cast<unsigned char>(each);
            out += {'%', digits[byte >> 4U], digits[byte & 15U]};
        }
    }
    return out;
}

} // namespace outrider
