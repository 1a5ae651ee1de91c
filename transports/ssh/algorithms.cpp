#include "transports/ssh/algorithms.hpp"

#include <algorithm>

#if defined(__aarch64__)
#include <asm/hwcap.h>
#include <sys/auxv.h>
#endif

namespace outrider::ssh {

std::string cipher_algorithms(bool has_aes) {
    constexpr std::string_view gcm = "aes128-gcm@openssh.com,aes256-gcm@openssh.com";
    constexpr std::string_view chacha = "chacha20-poly1305@openssh.com";
    constexpr std::string_view rest = "aes128-ctr,aes192-ctr,aes256-ctr";
    std::string list(has_aes ? gcm : chacha);
    list += ',';
    list += has_aes ? chacha : gcm;
    list += ',';
    list += rest;
    return list;
}

bool processor_has_aes() {
#if defined(__aarch64__)
    return (::getauxval(AT_HWCAP) & HWCAP_AES) != 0;
#elif defined(__x86_64__)
    return __builtin_cpu_supports("aes") != 0;
#else
    return false;
#endif
}

std::vector<std::string> split_list(std::string_view list) {
    std::vector<std::string> items;
    for (std::size_t at = 0; at < list.size();) {
        const auto end = std::min(list.find(',', at), list.size());
        if (end > at) {
            items.emplace_back(list.substr(at, end - at));
        }
        at = end + 1;
    }
    return items;
}

std::string join_list(const std::vector<std::string>& items) {
    std::string list;
    for (const auto& item : items) {
        list += (list.empty() ? "" : ",") + item;
    }
    return list;
}

std::string allowed_of(std::string_view ours, std::string_view allowed) {
    if (allowed.empty()) {
        return std::string(ours);
    }
    const auto bound = split_list(allowed);
    auto items = split_list(ours);
    std::erase_if(items, [&bound](const auto& item) {
        return std::find(bound.begin(), bound.end(), item) == bound.end();
    });
    return join_list(items);
}

} // namespace outrider::ssh
