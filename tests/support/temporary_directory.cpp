#include "tests/support/temporary_directory.hpp"

#include <array>
#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace outrider::testing {

temporary_directory::temporary_directory() {
    std::string pattern = std::filesystem::temp_directory_path() / "outrider-test-XXXXXX";
    if (::mkdtemp(pattern.data()) == nullptr) {
        throw std::runtime_error("cannot make a temporary directory");
    }
    path_ = std::filesystem::canonical(pattern);
}

temporary_directory::~temporary_directory() {
    namespace fs = std::filesystem;
    std::error_code ignored;
    // What a test made unwritable goes as well.
    for (fs::recursive_directory_iterator it(path_, ignored), end; it != end;
         it.increment(ignored)) {
        if (it->is_directory(ignored) && !it->is_symlink(ignored)) {
            fs::permissions(it->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
        }
    }
    fs::remove_all(path_, ignored);
}

std::string temporary_directory::write(std::string_view name, std::string_view text) const {
    const std::string file = *this / name;
    std::filesystem::create_directories(std::filesystem::path(file).parent_path());
    write_file(file, text, 0644);
    return file;
}

void write_file(const std::string& path, std::string_view text, unsigned mode) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    if (!file || ::chmod(path.c_str(), mode) != 0) {
        throw std::runtime_error("cannot write " + path);
    }
}

std::string read_file(const std::string& path) {
    // Files of /proc may vanish while they are read: then what was read is all.
    std::ifstream file(path, std::ios::binary);
    std::string text;
    std::array<char, 65536> block;
    while (file.read(block.data(), block.size()) || file.gcount() > 0) {
        text.append(block.data(), static_cast<std::size_t>(file.gcount()));
    }
    return text;
}

} // namespace outrider::testing
