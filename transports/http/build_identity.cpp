#include "transports/http/build_identity.hpp"

#include <cstdint>
#include <cstring>
#include <span>

#include <elf.h>
#include <link.h>

namespace outrider {
namespace {

constexpr std::size_t aligned(std::size_t size) {
    return (size + 3) & ~std::size_t{3};
}

// The notes of a segment: name and content of each are padded to four bytes.
std::string build_id_in(std::span<const char> notes) {
    std::string text;
    while (notes.size() >= sizeof(ElfW(Nhdr))) {
        ElfW(Nhdr) head{};
        std::memcpy(&head, notes.data(), sizeof head);
        notes = notes.subspan(sizeof head);
        const auto name = aligned(head.n_namesz);
        const auto content = aligned(head.n_descsz);
        if (notes.size() < name + content) {
            break;
        }
        if (head.n_type == NT_GNU_BUILD_ID) {
            constexpr char digits[] = "0123456789abcdef";
            for (const char each : notes.subspan(name, head.n_descsz)) {
                const auto byte = static_cast<unsigned char>(each);
                text += {digits[byte >> 4U], digits[byte & 15U]};
            }
            break;
        }
        notes = notes.subspan(name + content);
    }
    return text;
}

// The first object is the program itself.
int look_at_program(dl_phdr_info* info, std::size_t, void* out) {
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const auto& segment = info->dlpi_phdr[i];
        if (segment.p_type != PT_NOTE) {
            continue;
        }
        const auto* begin = reinterpret_cast<const char*>(info->dlpi_addr + segment.p_vaddr);
        auto& text = *static_cast<std::string*>(out);
        if (text = build_id_in({begin, segment.p_memsz}); !text.empty()) {
            break;
        }
    }
    return 1;
}

} // namespace

std::string program_version() {
    return OUTRIDER_VERSION;
}

const std::string& build_identity() {
    static const std::string identity = [] {
        std::string text;
        ::dl_iterate_phdr(look_at_program, &text);
        return text.empty() ? program_version() : text;
    }();
    return identity;
}

} // namespace outrider
