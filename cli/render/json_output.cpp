#include "cli/render/json_output.hpp"

#include "cli/arguments.hpp"
#include "cli/render/json_runs.hpp"
#include "cli/render/json_value.hpp"
#include "cli/render/run_info.hpp"
#include "engine/api/api_names.hpp"

#include <ostream>
#include <type_traits>

namespace outrider::cli {
namespace {

json_form form_of(const invocation& asked) {
    return traits_of(asked.what).json;
}

json::object versioned() {
    return {{"schema_version", json_schema_version}};
}

void merge(json::object& into, json::object from) {
    for (auto& member : from) {
        into[member.key()] = std::move(member.value());
    }
}

template <class... Known>
struct overloaded : Known... {
    using Known::operator()...;
};

} // namespace

json_output::json_output(const invocation& asked, std::ostream& out, std::ostream& err)
    : asked_(asked), out_(out), err_(err), following_(form_of(asked) == json_form::events),
      document_(versioned()) {
    if (form_of(asked) == json_form::object_of_runs) {
        document_["runs"] = json::array();
    }
}

void json_output::show(const event& what, const std::string& remote) {
    if (const auto* said = std::get_if<note>(&what)) {
        if (said->warning || !asked_.quiet) {
            err_ << (remote.empty() ? "" : remote + ": ") << (said->warning ? "WARNING: " : "")
                 << with_names(said->text, asked_.program, asked_.command_name) << '\n'
                 << std::flush;
        }
    } else if (!following_) {
        add_to_document(what, remote);
    } else if (const auto* output = std::get_if<output_bytes>(&what)) {
        take_output(*output, remote);
    } else {
        if (const auto* ended = std::get_if<run_ended>(&what)) {
            end_output({remote, ended->run.id});
        } else if (const auto* left = std::get_if<run_left_running>(&what)) {
            end_output({remote, left->run_id});
        }
        std::visit(overloaded{[](const question&) {}, [](const command_ended&) {},
                              [&]<class Event>(const Event& each) {
                                  auto line = versioned();
                                  line["event"] = event_name<Event>();
                                  merge(line, json_of(each));
                                  if (!remote.empty()) {
                                      line["remote"] = json_of(remote);
                                  }
                                  print_line(std::move(line));
                              }},
                   what);
    }
}

json::object& json_output::document_of(const std::string& remote) {
    if (remote.empty()) {
        return document_;
    }
    auto& found = of_remotes_[remote];
    if (found.empty()) {
        found["remote"] = json_of(remote);
        if (form_of(asked_) == json_form::object_of_runs) {
            found["runs"] = json::array();
        }
    }
    return found;
}

void json_output::add_failure(const remote_failed& failed) {
    auto& all = document_["failed"];
    if (!all.is_array()) {
        all = json::array();
    }
    all.as_array().push_back(json_of(failed));
}

void json_output::add_to_document(const event& what, const std::string& remote) {
    if (const auto* failed = std::get_if<remote_failed>(&what)) {
        add_failure(*failed);
        return;
    }
    auto& document = document_of(remote);
    std::visit(overloaded{[](const question&) {}, [](const command_ended&) {}, [](const note&) {},
                          [this](const runs_listed& listed) {
                              const auto all = listed.details.empty() ? json_of(listed.rows)
                                                                      : json_of(listed.details);
                              runs_ = all.get_array();
                          },
                          [&](const run_described& described) {
                              const auto* info = std::get_if<info_command>(&asked_.what);
                              const auto text = run_info_json(
                                  described, info != nullptr ? *info : info_command{});
                              merge(document, json::parse(valid_utf8(text)).as_object());
                              merge(document, info_extras(described.run));
                          },
                          [&](const stop_progress& stop) {
                              if (stop.done || stop.not_running) {
                                  document["runs"].as_array().push_back(json_of(stop));
                              }
                          },
                          [&](const comments_listed& listed) {
                              document["runs"].as_array().push_back(json_of(listed));
                          },
                          [&](const remotes_listed& listed) {
                              document["remotes"] = json_of(listed.rows);
                          },
                          [&](const nothing_selected&) { document["count"] = 0; },
                          [&](const auto& each) { merge(document, json_of(each)); }},
               what);
    if (!remote.empty()) {
        document["remote"] = json_of(remote);
    }
}

// A character may come in two pieces, but a JSON string holds whole ones.
void json_output::take_output(const output_bytes& output, const std::string& remote) {
    const stream of{remote, output.run_id};
    auto& held = held_[of];
    held.bytes += output.bytes;
    held.line_times_ms.insert(held.line_times_ms.end(), output.line_times_ms.begin(),
                              output.line_times_ms.end());
    print_output(of, held, unfinished_character(held.bytes));
}

void json_output::end_output(const stream& of) {
    if (const auto found = held_.find(of); found != held_.end()) {
        print_output(of, found->second, 0);
        held_.erase(found);
    }
}

void json_output::print_output(const stream& of, held_output& output, std::size_t held) {
    const auto size = output.bytes.size() - held;
    if (size == 0) {
        return;
    }
    auto line = versioned();
    line["event"] = event_name<output_bytes>();
    if (!of.first.empty()) {
        line["remote"] = json_of(of.first);
    }
    if (!of.second.empty()) {
        line["run_id"] = json_of(of.second);
    }
    if (!output.line_times_ms.empty()) {
        line["line_times_ms"] = json_of(output.line_times_ms);
    }
    line["text"] = json_of(output.bytes.substr(0, size));
    output.bytes.erase(0, size);
    output.line_times_ms.clear();
    print_line(std::move(line));
}

void json_output::print_line(json::object line) {
    out_ << json::serialize(line) << '\n' << std::flush;
}

void json_output::fail(const failure& why, bool) {
    document_["error"] = json_error(why, asked_);
}

void json_output::finish(int exit_code) {
    if (following_) {
        while (!held_.empty()) {
            const auto of = held_.begin()->first;
            end_output(of);
        }
        document_["event"] = event_name<command_ended>();
        document_["exit_code"] = exit_code;
    } else if (form_of(asked_) == json_form::array) {
        if (!document_.contains("error")) {
            out_ << json::serialize(runs_) << '\n' << std::flush;
            return;
        }
        if (document_.contains("failed")) { // the other remotes have answered
            document_["runs"] = std::move(runs_);
        }
    }
    if (!of_remotes_.empty()) {
        json::array all;
        for (auto& [remote, document] : of_remotes_) {
            all.push_back(std::move(document));
        }
        document_.erase("runs"); // each remote has its own
        document_["remotes"] = std::move(all);
    }
    print_line(std::move(document_));
}

json::object json_error(const failure& why, const invocation& asked) {
    const auto text = why.context.empty() ? why.code.message() : why.context;
    json::object error;
    error["code"] = std::string(errc_name(why.kind()));
    error["message"] = json_of(with_names(text, asked.program, asked.command_name));
    error["remote"] = asked.remote.empty() ? json::value(nullptr) : json_of(asked.remote);
    return error;
}

std::string json_usage_error(const std::string& message) {
    json::object document = versioned();
    document["error"] = {{"code", "usage"}, {"message", json_of(message)}, {"remote", nullptr}};
    return json::serialize(document) + "\n";
}

} // namespace outrider::cli
