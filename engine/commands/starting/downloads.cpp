#include "engine/commands/starting/downloads.hpp"

#include "engine/commands/looking/executing.hpp"
#include "engine/project/fetch_script.hpp"
#include "engine/reactor/blocking.hpp"

#include <boost/json/parse.hpp>

#include <filesystem>

namespace outrider {
namespace {

namespace json = boost::json;

std::string text_at(const json::object& data, const char* key) {
    const auto* value = data.if_contains(key);
    return value != nullptr && value->is_string() ? std::string(value->get_string())
                                                  : std::string();
}

bool is_true(const json::object& data, const char* key) {
    const auto* value = data.if_contains(key);
    return value != nullptr && value->is_bool() && value->get_bool();
}

/// Takes the lines of the script apart, and tells how far it is.
class download_report {
  public:
    download_report(command_session& session, std::string remote)
        : session_(session), remote_(std::move(remote)) {}

    void take(std::string_view bytes) {
        text_.append(bytes);
        for (auto end = text_.find('\n'); end != std::string::npos; end = text_.find('\n')) {
            line(text_.substr(0, end));
            text_.erase(0, end + 1);
        }
        constexpr std::size_t longest_line = std::size_t{16} << 20;
        if (text_.size() > longest_line) {
            text_.clear();
        }
    }

    made_download outcome() && {
        if (last_.empty() && other_.empty()) {
            return {.reason = "the download ended without an answer"};
        }
        if (last_.empty()) {
            return {.reason = other_};
        }
        made_download out{.name = text_at(last_, "name"),
                          .path = text_at(last_, "path"),
                          .cached = is_true(last_, "cached"),
                          .unpacked = is_true(last_, "unpacked"),
                          .reason = text_at(last_, "error")};
        if (const auto* names = last_.if_contains("names"); names && names->is_array()) {
            for (const auto& name : names->get_array()) {
                out.names.emplace_back(name.is_string() ? std::string(name.get_string()) : "");
            }
        }
        const auto key = std::filesystem::path(out.path).parent_path().filename();
        out.directory = ("cache/resources" / key).native();
        return out;
    }

  private:
    void line(const std::string& text) {
        boost::system::error_code error;
        const auto value = json::parse(text, error);
        const auto* object = error ? nullptr : value.if_object();
        if (object == nullptr) {
            other_ = text; // Python's own last word
        } else if (const auto* done = object->if_contains("done")) {
            const auto* total = object->if_contains("total");
            session_.emit(copy_progress{
                .remote = remote_,
                .files = 1,
                .bytes = total != nullptr && total->is_int64() ? total->get_int64() : 0,
                .bytes_done = done->is_int64() ? done->get_int64() : 0});
        } else {
            last_ = *object;
        }
    }

    command_session& session_;
    std::string remote_;
    std::string text_;
    std::string other_;
    json::object last_;
};

} // namespace

awaitable<made_download> make_download(command_session& session, const target& at,
                                       wanted_download wanted) {
    protocol::execute what;
    what.words = {"python3", "-I",       "-c",           std::string(fetch_script()),
                  "${home}", wanted.url, wanted.archive, wanted.sha256};
    what.activation = at.to.activation();
    download_report report(session, at.remote);
    const auto ended = co_await execute_on(
        session, at, std::move(what), [&report](std::string_view bytes) { report.take(bytes); });
    if (!ended && ended.error().kind() == errc::not_found) {
        co_return made_download{.reason = "downloads need a python3 there, and there is none"};
    }
    if (!ended) {
        co_return made_download{.reason = ended.error().context};
    }
    co_return std::move(report).outcome();
}

awaitable<result<>> gather_required(command_session& session, const target& at, run_plan& plan) {
    const auto wanted = wanted_downloads(plan.resources, plan.required);
    auto from = at;
    const bool sent = !at.remote.empty() && at.to.downloads_here;
    if (!wanted.empty() && sent) {
        auto here = co_await session.find_target({});
        if (!here) {
            co_return here.error();
        }
        from = std::move(*here);
    }
    for (const auto& one : wanted) {
        auto made = co_await make_download(session, from, one);
        if (sent) {
            made.here = std::filesystem::path(made.path).parent_path().native();
        }
        plan.required.downloads[one.key()] = std::move(made);
    }
    auto work = [plan = std::move(plan)]() mutable -> result<run_plan> {
        if (auto resolved = resolve_required(plan); !resolved) {
            return resolved.error();
        }
        return std::move(plan);
    };
    auto resolved = co_await run_blocking(std::move(work));
    if (!resolved) {
        co_return resolved.error();
    }
    plan = std::move(*resolved);
    co_return result<>();
}

} // namespace outrider
