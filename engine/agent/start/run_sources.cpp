#include "engine/agent/start/run_sources.hpp"

#include "engine/agent/files/beneath.hpp"
#include "engine/agent/files/run_directory.hpp"
#include "engine/runs/manifest.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/text/shell_words.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <sstream>

namespace outrider::agent {
namespace {

result<> copy_bytes(int from, int to, const std::string& path) {
    std::array<char, 65536> chunk;
    for (;;) {
        const auto got = ::read(from, chunk.data(), chunk.size());
        if (got == 0) {
            return {};
        }
        if (got < 0) {
            return errno_failure(errno, "cannot read " + path);
        }
        for (ssize_t done = 0; done < got;) {
            const auto put = ::write(to, chunk.data() + done, static_cast<std::size_t>(got - done));
            if (put < 0) {
                return errno_failure(errno, "cannot write " + path);
            }
            done += put;
        }
    }
}

result<> copy_file(int from, int to, const std::string& path) {
    auto in = open_beneath(from, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (!in) {
        return in.error();
    }
    struct stat facts{};
    if (::fstat(in->get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return failure(errc::bad_input, path + " is not a file any more");
    }
    auto place = parent_beneath(to, path, true);
    if (!place) {
        return place.error();
    }
    const descriptor out(::openat(place->parent.get(), place->name.c_str(),
                                  O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                                  facts.st_mode & 0777));
    if (!out) {
        return errno_failure(errno, "cannot write " + path);
    }
    return copy_bytes(in->get(), out.get(), path);
}

} // namespace

result<std::string> copy_run_sources(const agent_context& context,
                                     const protocol::start_run& request, const run_paths& to) {
    const std::string& source = request.source_run;
    auto run = find_run(context, request.home, source);
    if (!run) {
        return run.error();
    }
    if (request.source_proto) {
        run->directory = run->proto();
    }
    auto from = open_directory(run->directory.native(), false, 0777);
    auto into = open_directory(to.directory.native(), true, 0777);
    if (!from || !into) {
        return from ? into.error() : from.error();
    }
    std::string copied;
    std::istringstream lines(read_small_file(run->manifest(), longest_manifest).value_or(""));
    for (std::string line; std::getline(lines, line);) {
        const auto words = shell_split(line);
        if (!words || words->size() < 2 || words->front() != "s") {
            continue;
        }
        if (auto done = copy_file(from->get(), into->get(), (*words)[1]); !done) {
            return failure(done.error().kind(), "cannot copy the source code of run " + source +
                                                    ": " + done.error().context);
        }
        copied += line + "\n";
    }
    return copied;
}

} // namespace outrider::agent
