#include "transports/ssh/known_hosts.hpp"

#include "transports/ssh/name_pattern.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>

namespace outrider::ssh {
namespace {

constexpr std::size_t sha1_size = 20;

std::string base64(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

/// Empty when the text is not base64.
std::string from_base64(std::string_view text) {
    if (text.empty() || text.size() % 4 != 0) {
        return {};
    }
    std::string out(text.size() / 4 * 3, '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
    if (size < 0) {
        return {};
    }
    // EVP_DecodeBlock counts the padding as zero bytes.
    const auto padding = static_cast<std::size_t>(std::count(text.end() - 2, text.end(), '='));
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

std::string hmac_sha1(std::string_view salt, std::string_view text) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    HMAC(EVP_sha1(), salt.data(), static_cast<int>(salt.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
    return {reinterpret_cast<const char*>(digest.data()), size};
}

bool hashed_matches(std::string_view hashed, std::string_view name) {
    const auto bar = hashed.find('|', 3);
    if (!hashed.starts_with("|1|") || bar == std::string_view::npos) {
        return false;
    }
    const std::string hash = from_base64(hashed.substr(bar + 1));
    return hash.size() == sha1_size &&
           hash == hmac_sha1(from_base64(hashed.substr(3, bar - 3)), name);
}

std::string_view take_word(std::string_view& line) {
    const auto start = std::min(line.find_first_not_of(" \t"), line.size());
    const auto end = std::min(line.find_first_of(" \t\r", start), line.size());
    const auto word = line.substr(start, end - start);
    line.remove_prefix(end);
    return word;
}

bool parse_line(std::string_view line, known_host& into) {
    std::string_view word = take_word(line);
    if (word.empty() || word[0] == '#') {
        return false;
    }
    if (word[0] == '@') {
        if (word != "@revoked" && word != "@cert-authority") {
            return false;
        }
        into.marker = word == "@revoked" ? known_host::mark::revoked : known_host::mark::authority;
        word = take_word(line);
    }
    into.names = word;
    into.type = take_word(line);
    into.key = take_word(line);
    return !from_base64(into.key).empty();
}

} // namespace

std::vector<known_host> parse_known_hosts(std::string_view text, const std::string& file) {
    std::vector<known_host> entries;
    std::size_t number = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        known_host entry;
        entry.file = file;
        entry.line = ++number;
        if (parse_line(text.substr(at, end - at), entry)) {
            entries.push_back(std::move(entry));
        }
        at = end + 1;
    }
    return entries;
}

bool names_match(std::string_view names, std::string_view name) {
    if (names.starts_with('|')) {
        return hashed_matches(names, lower_case(name));
    }
    bool matched = false;
    for (std::size_t at = 0; at <= names.size();) {
        const auto end = std::min(names.find(',', at), names.size());
        std::string_view pattern = names.substr(at, end - at);
        const bool negated = pattern.starts_with('!');
        if (negated) {
            pattern.remove_prefix(1);
        }
        if (!pattern.empty() && matches_in_any_case(name, pattern)) {
            if (negated) {
                return false;
            }
            matched = true;
        }
        at = end + 1;
    }
    return matched;
}

std::string host_key_name(const std::string& host, std::uint16_t port, const std::string& alias) {
    if (!alias.empty()) {
        return lower_case(alias);
    }
    return port == 22 ? lower_case(host) : "[" + lower_case(host) + "]:" + std::to_string(port);
}

std::string hashed_name(std::string_view name) {
    std::string salt(sha1_size, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), static_cast<int>(salt.size()));
    return "|1|" + base64(salt) + "|" + base64(hmac_sha1(salt, lower_case(name)));
}

std::string fingerprint(std::string_view key_base64) {
    const std::string blob = from_base64(key_base64);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
    unsigned int size = 0;
    EVP_Digest(blob.data(), blob.size(), digest.data(), &size, EVP_sha256(), nullptr);
    std::string text = base64({reinterpret_cast<const char*>(digest.data()), size});
    text.erase(std::min(text.find('='), text.size()));
    return "SHA256:" + text;
}

host_key_verdict judge_host_key(const std::vector<known_host>& records, const std::string& name,
                                const std::string& type, const std::string& key_base64) {
    using kind = host_key_verdict::kind;
    // Hashing a name per entry is the expensive part: the plain comparison comes first where it
    // can.
    host_key_verdict verdict;
    for (const auto& entry : records) {
        const bool same_key = entry.key == key_base64;
        if (verdict.what == kind::match && !(same_key && entry.marker != known_host::mark::none)) {
            continue; // only a revocation can still change the verdict
        }
        if (!names_match(entry.names, name)) {
            continue;
        }
        switch (entry.marker) {
        case known_host::mark::revoked:
            if (same_key) {
                return {kind::revoked, entry};
            }
            break;
        case known_host::mark::authority:
            break;
        case known_host::mark::none:
            if (same_key) {
                verdict = {kind::match, entry};
            } else if (verdict.what != kind::changed || entry.type == type) {
                // An entry of the same type tells the user most about what changed.
                verdict = {kind::changed, entry};
            }
            break;
        }
    }
    return verdict;
}

std::vector<std::string> recorded_types(const std::vector<known_host>& records,
                                        const std::string& name) {
    std::vector<std::string> types;
    for (const auto& entry : records) {
        if (entry.marker == known_host::mark::none &&
            std::find(types.begin(), types.end(), entry.type) == types.end() &&
            names_match(entry.names, name)) {
            types.push_back(entry.type);
        }
    }
    return types;
}

} // namespace outrider::ssh
