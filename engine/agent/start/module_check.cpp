#include "engine/agent/start/module_check.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <unistd.h>

#include <array>
#include <cerrno>

namespace outrider::agent {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

/// Longest that modules are imported: large ones take their time on a cold disk.
constexpr auto import_limit = 100s;
/// Between two looks for the end where the kernel does not tell of it.
constexpr auto module_look_interval = 20ms;
/// What is kept of the output, bytes: the answer is its last line.
constexpr std::size_t most_output = std::size_t{64} << 10;

// What modules print comes before the last line.
constexpr const char* importing = R"(
import sys, json, importlib
missing = {}
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except BaseException as e:
        missing[name] = str(e) or type(e).__name__
sys.stdout.flush()
import os
os.write(1, ("\n" + json.dumps(missing)).encode())
os._exit(0)
)";

} // namespace

result<module_check> module_check::begin(const std::string& python,
                                         const environment_map& environment,
                                         const std::string& directory,
                                         const std::vector<std::string>& names) {
    program_start what{
        .words = {python, "-c", importing}, .directory = directory, .environment = environment};
    what.words.insert(what.words.end(), names.begin(), names.end());
    auto program = child_program::start(what);
    if (!program) {
        return program.error();
    }
    module_check out;
    out.names_ = names;
    out.program_ = std::move(*program);
    out.events_ = std::make_unique<event_set>();
    out.events_->add(out.program_->output());
    if (out.program_->end_watch() >= 0) {
        out.events_->add(out.program_->end_watch());
    }
    out.end_ = clock::now() + import_limit;
    return out;
}

std::optional<std::map<std::string, std::string>> module_check::poll() {
    const bool ended = program_->exit_status().has_value(); // before its output is read
    std::array<char, 4096> piece;
    for (ssize_t got = 0; (got = ::read(program_->output(), piece.data(), piece.size())) > 0;) {
        output_.append(piece.data(), static_cast<std::size_t>(got));
        if (output_.size() > most_output) {
            output_.erase(0, output_.size() - most_output);
        }
    }
    const bool late = clock::now() >= end_;
    if (!ended && !late) {
        return std::nullopt;
    }
    std::map<std::string, std::string> out;
    boost::system::error_code error;
    const auto answer = json::parse(output_.substr(output_.rfind('\n') + 1), error);
    if (error || !answer.is_object()) {
        for (const auto& name : names_) {
            out[name] =
                late ? "it was not imported within " + std::to_string(import_limit.count()) + " s"
                     : "Python ended without an answer";
        }
        return out;
    }
    for (const auto& member : answer.get_object()) {
        out[member.key()] =
            member.value().is_string() ? std::string(member.value().get_string()) : std::string();
    }
    return out;
}

job_wait module_check::wait() const {
    job_wait out{.readable_fd = events_->get()};
    out.deadline = program_->end_watch() < 0 ? clock::now() + module_look_interval : end_;
    return out;
}

} // namespace outrider::agent
