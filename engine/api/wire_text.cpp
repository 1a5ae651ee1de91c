#include "engine/api/wire_text.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>

namespace outrider {
namespace {

namespace json = boost::json;

constexpr std::string_view prefix = "data:application/octet-stream;base64,";
constexpr std::string_view digits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const auto byte = [&](std::size_t i) {
            return at + i < bytes.size() ? static_cast<unsigned char>(bytes[at + i]) : 0U;
        };
        const std::uint32_t three = byte(0) << 16U | byte(1) << 8U | byte(2);
        out += digits[three >> 18U];
        out += digits[three >> 12U & 63U];
        out += at + 1 < bytes.size() ? digits[three >> 6U & 63U] : '=';
        out += at + 2 < bytes.size() ? digits[three & 63U] : '=';
    }
    return out;
}

// Strict: padded, and no bit that a writer would not have set.
std::optional<std::string> from_base64(std::string_view text) {
    if (text.size() % 4 != 0) {
        return std::nullopt;
    }
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    std::string out;
    out.reserve(text.size() / 4 * 3);
    for (std::size_t at = 0; at < text.size(); at += 4) {
        std::uint32_t three = 0;
        for (std::size_t i = 0; i < 4; ++i) {
            const bool padded = at + i >= text.size() - padding;
            const auto digit = padded ? 0 : digits.find(text[at + i]);
            if (digit == digits.npos) {
                return std::nullopt;
            }
            three = three << 6U | static_cast<std::uint32_t>(digit);
        }
        out += static_cast<char>(three >> 16U);
        out += static_cast<char>(three >> 8U & 255U);
        out += static_cast<char>(three & 255U);
    }
    out.resize(out.size() - padding);
    return base64(out) == text ? std::optional(std::move(out)) : std::nullopt;
}

bool stands_for_itself(std::string_view bytes) {
    return is_utf8(bytes) && !bytes.starts_with(prefix);
}

std::string_view view_of(const json::string& text) {
    return {text.data(), text.size()};
}

} // namespace

// Unicode 15, table 3-7: the second byte's range depends on the first.
bool is_utf8(std::string_view text) {
    struct lead {
        unsigned char first, last;
        unsigned char second_least, second_most;
        std::size_t size;
    };
    static constexpr std::array<lead, 9> leads{{{0x00, 0x7f, 0, 0, 1},
                                                {0xc2, 0xdf, 0x80, 0xbf, 2},
                                                {0xe0, 0xe0, 0xa0, 0xbf, 3},
                                                {0xe1, 0xec, 0x80, 0xbf, 3},
                                                {0xed, 0xed, 0x80, 0x9f, 3},
                                                {0xee, 0xef, 0x80, 0xbf, 3},
                                                {0xf0, 0xf0, 0x90, 0xbf, 4},
                                                {0xf1, 0xf3, 0x80, 0xbf, 4},
                                                {0xf4, 0xf4, 0x80, 0x8f, 4}}};
    for (std::size_t at = 0; at < text.size();) {
        const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
        const auto* kind = std::ranges::find_if(
            leads, [&](const lead& each) { return each.first <= byte(0) && byte(0) <= each.last; });
        if (kind == leads.end() || text.size() - at < kind->size) {
            return false;
        }
        for (std::size_t i = 1; i < kind->size; ++i) {
            const unsigned char least = i == 1 ? kind->second_least : 0x80;
            const unsigned char most = i == 1 ? kind->second_most : 0xbf;
            if (byte(i) < least || byte(i) > most) {
                return false;
            }
        }
        at += kind->size;
    }
    return true;
}

std::string to_wire(std::string_view bytes) {
    return stands_for_itself(bytes) ? std::string(bytes) : std::string(prefix) + base64(bytes);
}

std::optional<std::string> from_wire(std::string_view text) {
    if (!text.starts_with(prefix)) {
        return std::string(text);
    }
    return from_base64(text.substr(prefix.size()));
}

void make_wire(json::value& value) {
    if (auto* text = value.if_string()) {
        if (!stands_for_itself(view_of(*text))) {
            *text = to_wire(view_of(*text));
        }
    } else if (auto* items = value.if_array()) {
        std::ranges::for_each(*items, make_wire);
    } else if (auto* object = value.if_object()) {
        const bool plain = std::ranges::all_of(
            *object, [](const auto& member) { return stands_for_itself(member.key()); });
        if (!plain) {
            json::object renamed;
            for (auto& member : *object) {
                renamed.emplace(to_wire(member.key()), std::move(member.value()));
            }
            *object = std::move(renamed);
        }
        for (auto& member : *object) {
            make_wire(member.value());
        }
    }
}

bool unmake_wire(json::value& value) {
    if (auto* text = value.if_string()) {
        if (!view_of(*text).starts_with(prefix)) {
            return true;
        }
        auto bytes = from_wire(view_of(*text));
        if (bytes) {
            *text = *bytes;
        }
        return bytes.has_value();
    }
    if (auto* items = value.if_array()) {
        return std::ranges::all_of(*items, unmake_wire);
    }
    auto* object = value.if_object();
    if (object == nullptr) {
        return true;
    }
    const bool plain = std::ranges::none_of(*object, [](const auto& member) {
        return std::string_view(member.key()).starts_with(prefix);
    });
    if (!plain) {
        json::object renamed;
        for (auto& member : *object) {
            auto name = from_wire(member.key());
            if (!name || !renamed.emplace(*name, std::move(member.value())).second) {
                return false;
            }
        }
        *object = std::move(renamed);
    }
    return std::ranges::all_of(*object, [](auto& member) { return unmake_wire(member.value()); });
}

} // namespace outrider
