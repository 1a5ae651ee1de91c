#include "engine/text/file_text.hpp"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <sys/stat.h>

namespace outrider {

result<std::string> read_text_file(const std::string& path, std::size_t limit) {
    struct stat facts{};
    if (::stat(path.c_str(), &facts) == 0 && !S_ISREG(facts.st_mode)) {
        return failure(errc::bad_input, "cannot read " + path + ": not a file");
    }
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"),
                                                               &std::fclose);
    if (!file) {
        return errno_failure(errno, "cannot read " + path);
    }
    std::string out;
    std::array<char, 16384> buffer{};
    while (const auto got = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
        out.append(buffer.data(), got);
        if (out.size() > limit) {
            return failure(errc::bad_input, "cannot read " + path + ": larger than " +
                                                std::to_string(limit) + " bytes");
        }
    }
    if (std::ferror(file.get()) != 0) {
        return errno_failure(errno, "cannot read " + path);
    }
    return out;
}

} // namespace outrider
