#include "engine/runs/secret_names.hpp"

#include <algorithm>
#include <array>

namespace outrider {
namespace {

constexpr std::array name_parts{
    "password", "passwd",    "passphrase", "token",      "secret",      "credential", "api_key",
    "apikey",   "accesskey", "access_key", "privatekey", "private_key", "pgpass"};

std::string lower_letters(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](unsigned char c) {
        return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
    });
    return out;
}

// scheme://user:password@host
bool has_url_password(std::string_view value) {
    const auto scheme = value.find("://");
    if (scheme == std::string_view::npos) {
        return false;
    }
    const auto authority = value.substr(scheme + 3, value.find('/', scheme + 3) - (scheme + 3));
    const auto at = authority.rfind('@');
    return at != std::string_view::npos && authority.substr(0, at).find(':') != authority.npos;
}

} // namespace

bool looks_secret(std::string_view name, std::string_view value) {
    const std::string low = lower_letters(name);
    const bool named = std::ranges::any_of(
        name_parts, [&](const char* part) { return low.find(part) != std::string::npos; });
    return named || low.starts_with("aws_") || low.ends_with("_key") || low.ends_with("_pwd") ||
           low.ends_with("_pat") || has_url_password(value);
}

bool is_secret(std::string_view name, std::string_view value,
               const std::vector<std::string>& named) {
    return std::ranges::find(named, name) != named.end() || looks_secret(name, value);
}

} // namespace outrider
