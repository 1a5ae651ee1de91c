#include "engine/service/job_store.hpp"

#include "engine/core/descriptor.hpp"
#include "engine/json/described_json.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace outrider {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t largest_file = std::size_t{16} << 20; // bytes
constexpr ::mode_t only_owner_file = 0600;
constexpr ::mode_t only_owner_directory = 0700;

result<job_record> read_record(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::string text(largest_file + 1, '\0');
    in.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(in.gcount()));
    if (in.bad() || text.size() > largest_file) {
        return failure(errc::io_failed, "it cannot be read");
    }
    auto job = protocol::decode<job_record>(text);
    if (!job) {
        return job.error();
    }
    if (job->version != job_record::this_version) {
        return failure(errc::unsupported, "it is of another version of this program");
    }
    if (job->id + ".json" != path.filename().native()) {
        return failure(errc::bad_input, "it has the name of another job");
    }
    return std::move(*job);
}

result<> write_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(to, bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return errno_failure(errno, "cannot write");
        }
        bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return {};
}

result<> sync_directory(const std::string& path) {
    const descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory || ::fsync(directory.get()) != 0) {
        return errno_failure(errno, "cannot write " + path);
    }
    return {};
}

} // namespace

std::string job_store::path_of(const std::string& id) const {
    return directory_ + "/" + id + ".json";
}

job_store::contents job_store::read() const {
    contents out;
    std::error_code none; // no directory: no jobs
    std::vector<fs::path> paths;
    for (const auto& entry : fs::directory_iterator(directory_, none)) {
        if (entry.path().extension() == ".json") {
            paths.push_back(entry.path());
        }
    }
    for (const auto& path : paths) {
        auto job = read_record(path);
        if (job) {
            out.jobs.push_back(std::move(*job));
            continue;
        }
        out.set_aside.push_back("the standing job " + path.native() +
                                " is set aside: " + job.error().context);
        std::error_code failed;
        fs::rename(path, path.native() + ".unreadable", failed);
    }
    std::ranges::sort(out.jobs, {}, &job_record::created_us);
    return out;
}

result<> job_store::write(const job_record& job) const {
    std::error_code failed;
    fs::create_directories(fs::path(directory_).parent_path(), failed);
    if (::mkdir(directory_.c_str(), only_owner_directory) != 0 && errno != EEXIST) {
        return errno_failure(errno, "cannot make " + directory_);
    }
    const auto path = path_of(job.id);
    const auto beside = path + ".new";
    descriptor file(
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, only_owner_file));
    if (!file) {
        return errno_failure(errno, "cannot write " + beside);
    }
    auto written = write_all(file.get(), protocol::encode(job));
    if (written && ::fsync(file.get()) != 0) {
        written = errno_failure(errno, "cannot write " + beside);
    }
    if (written && ::close(file.release()) != 0) {
        written = errno_failure(errno, "cannot write " + beside);
    }
    if (!written) {
        ::unlink(beside.c_str());
        return failure(written.error().code, path + ": " + written.error().context);
    }
    if (::rename(beside.c_str(), path.c_str()) != 0) {
        return errno_failure(errno, "cannot write " + path);
    }
    return sync_directory(directory_);
}

result<> job_store::remove(const std::string& id) const {
    if (::unlink(path_of(id).c_str()) != 0 && errno != ENOENT) {
        return errno_failure(errno, "cannot remove " + path_of(id));
    }
    return sync_directory(directory_);
}

} // namespace outrider
