#include "engine/commands/pools/sweep_record.hpp"

#include "engine/json/described_json.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>

namespace outrider {

result<sweep_record> sweep_record::open(const std::filesystem::path& file) {
    sweep_record out;
    out.path_ = file.native();
    out.file_.reset(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (!out.file_) {
        return errno_failure(errno, "cannot write " + out.path_);
    }
    std::ifstream in(file, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(in), {});
    std::size_t begin = 0;
    for (std::size_t end = 0; (end = text.find('\n', begin)) != text.npos; begin = end + 1) {
        auto line = protocol::decode<placement>(text.substr(begin, end - begin));
        if (!line) {
            return failure(errc::bad_input,
                           out.path_ + " is no record of a sweep: " + line.error().context);
        }
        out.lines_.push_back(std::move(*line));
    }
    if (begin != text.size() && ::ftruncate(out.file_.get(), static_cast<off_t>(begin)) != 0) {
        return errno_failure(errno, "cannot write " + out.path_);
    }
    return out;
}

result<> sweep_record::add(const std::vector<placement>& lines) {
    std::string text;
    for (const auto& line : lines) {
        text += protocol::encode(line) + "\n";
    }
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto put = ::write(file_.get(), rest.data(), rest.size());
        if (put < 0 && errno != EINTR) {
            return errno_failure(errno, "cannot write " + path_);
        }
        rest.remove_prefix(put < 0 ? 0 : static_cast<std::size_t>(put));
    }
    if (::fdatasync(file_.get()) != 0) {
        return errno_failure(errno, "cannot write " + path_);
    }
    return {};
}

} // namespace outrider
