#include "engine/text/flat_mapping.hpp"

#include "engine/text/yaml_characters.hpp"
#include "engine/text/yaml_scalar.hpp"

#include <charconv>
#include <optional>

namespace outrider {
namespace {

namespace json = boost::json;

/// A scalar at the beginning of some text, and what is behind it.
struct read_scalar {
    json::value value;
    std::string_view rest;
};

std::optional<read_scalar> single_quoted(std::string_view text) {
    std::string out;
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] != '\'') {
            out.push_back(text[i]);
        } else if (text.substr(i + 1).starts_with('\'')) {
            out.push_back(text[i++]);
        } else {
            return read_scalar{.value = json::string(out), .rest = text.substr(i + 1)};
        }
    }
    return std::nullopt; // it goes on in the next line
}

// What stands behind a backslash; how many characters that is, or 0 for what is not known.
std::size_t append_escape(std::string& out, std::string_view text) {
    if (text.empty()) {
        return 0;
    }
    constexpr std::string_view names = "0abtnvfre\"\\/ ";
    constexpr std::string_view meanings{"\0\a\b\t\n\v\f\r\x1b\"\\/ ", 13};
    if (const auto found = names.find(text[0]); found != names.npos) {
        out.push_back(meanings[found]);
        return 1;
    }
    const std::size_t digits = text[0] == 'x' ? 2 : text[0] == 'u' ? 4 : text[0] == 'U' ? 8 : 0;
    std::uint32_t code = 0;
    if (digits == 0 || text.size() <= digits ||
        std::from_chars(&text[1], &text[1] + digits, code, 16).ptr != &text[1] + digits ||
        code > 0x10FFFF) {
        return 0;
    }
    const char32_t character = code;
    append_utf8(out, std::u32string_view(&character, 1));
    return 1 + digits;
}

std::optional<read_scalar> double_quoted(std::string_view text) {
    std::string out;
    for (std::size_t i = 1; i < text.size();) {
        if (text[i] == '"') {
            return read_scalar{.value = json::string(out), .rest = text.substr(i + 1)};
        }
        if (text[i] != '\\') {
            out.push_back(text[i++]);
            continue;
        }
        const auto taken = append_escape(out, text.substr(i + 1));
        if (taken == 0) {
            return std::nullopt;
        }
        i += 1 + taken;
    }
    return std::nullopt;
}

std::optional<read_scalar> quoted(std::string_view text) {
    return text.starts_with('\'')  ? single_quoted(text)
           : text.starts_with('"') ? double_quoted(text)
                                   : std::nullopt;
}

/// One line: the key, and the value if that is all there is of it.
struct member_line {
    std::string key;
    std::optional<json::value> value;
};

std::optional<member_line> read_member(std::string_view line) {
    member_line out;
    if (const auto key = quoted(line)) {
        out.key = std::string(key->value.get_string());
        line = key->rest;
        if (!line.starts_with(':')) {
            return std::nullopt;
        }
        line.remove_prefix(1);
    } else {
        const auto colon =
            line.ends_with(':') && line.find(": ") == line.npos ? line.size() - 1 : line.find(": ");
        if (colon == line.npos) {
            return std::nullopt;
        }
        out.key = line.substr(0, colon);
        line.remove_prefix(colon + 1);
    }
    if (line.starts_with(' ')) {
        line.remove_prefix(1);
    }
    if (line.starts_with('\'') || line.starts_with('"')) {
        auto value = quoted(line);
        if (value && value->rest.empty()) {
            out.value = std::move(value->value);
        }
    } else if (!line.empty() && std::string_view("[{|>&*!").find(line.front()) == line.npos) {
        out.value = value_of_plain(line);
    }
    return out;
}

} // namespace

std::map<std::string, json::value> read_flat_mapping(std::string_view text) {
    std::map<std::string, json::value> out;
    std::string last; // the key of the member that the next line may go on with
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        auto member =
            line.starts_with(' ') || line.starts_with('-') ? std::nullopt : read_member(line);
        if (!member) {
            out.erase(last); // there is more of it than one line
            continue;
        }
        last = member->key;
        if (member->value) {
            out[last] = std::move(*member->value);
        }
    }
    return out;
}

} // namespace outrider
