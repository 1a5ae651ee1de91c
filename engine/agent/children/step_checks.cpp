#include "engine/agent/children/step_checks.hpp"

#include "engine/agent/children/unified_diff.hpp"
#include "engine/core/descriptor.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/scalars/line_pattern.hpp"
#include "engine/text/python_number.hpp"

#include <glob.h>

#include <cstdlib>
#include <optional>
#include <string_view>

namespace outrider::agent {
namespace {

/// Largest file that is looked into, bytes.
constexpr std::size_t longest_checked = std::size_t{256} << 20;
/// Work that one line may take: many times what a pattern that people write needs.
constexpr std::uint64_t search_steps = 100'000'000;

// Line by line, so that `^` and `$` stand for the ends of a line.
bool contains_pattern(const line_pattern& pattern, std::string_view text) {
    for (std::size_t at = 0; at <= text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        line_pattern::match found;
        std::uint64_t steps = search_steps;
        if (pattern.search(text.substr(at, end - at), 0, found, steps)) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

std::string escaped_for_glob(const std::string& path) {
    std::string out;
    for (const char c : path) {
        out += std::string_view("*?[]\\").find(c) == std::string_view::npos ? std::string(1, c)
                                                                            : std::string{'\\', c};
    }
    return out;
}

// Relative to the run, in the order of their names.
std::vector<std::string> files_matching(const run_paths& run, const std::string& pattern) {
    const std::string root = run.directory.native() + "/";
    std::vector<std::string> out;
    glob_t found{};
    if (::glob((escaped_for_glob(root) + pattern).c_str(), 0, nullptr, &found) == 0) {
        for (std::size_t i = 0; i < found.gl_pathc; ++i) {
            const std::string path = found.gl_pathv[i];
            out.push_back(path.starts_with(root) ? path.substr(root.size()) : path);
        }
    }
    ::globfree(&found);
    return out;
}

std::string with_environment(const std::string& text) {
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto begin = text.find("${", at);
        const auto end = begin == text.npos ? text.npos : text.find('}', begin);
        if (end == text.npos) {
            return out + text.substr(at);
        }
        const std::string name = text.substr(begin + 2, end - begin - 2);
        const char* value = std::getenv(name.c_str());
        out += text.substr(at, begin - at);
        out += value != nullptr ? std::string(value) : text.substr(begin, end + 1 - begin);
        at = end + 1;
    }
    return out;
}

/// The checks of one step, one after the other.
class step_checking {
  public:
    explicit step_checking(const run_paths& run)
        : run_(run), id_(run.directory.filename().native()) {}

    /// Whether one check finds what it asks for.
    bool check(const protocol::step_check& asked) {
        bool passed = true;
        if (!asked.output.empty()) {
            passed = check_output(asked.output);
        }
        if (!asked.file.empty()) {
            passed = check_files(asked) && passed;
        }
        return passed;
    }
    void info(const std::string& text) { lines.push_back("INFO: [guild] " + text); }

    std::vector<std::string> lines;

  private:
    bool fail(const std::string& why) {
        lines.push_back("ERROR: [guild] check failed: " + why);
        return false;
    }

    bool find(const std::string& pattern, const fs::path& file, const std::string& where) {
        const auto compiled = line_pattern::compile(pattern);
        if (!compiled) {
            return fail("bad pattern " + python_string(pattern) + ": " + compiled.error().context);
        }
        const auto text = read_small_file(file, longest_checked);
        return (text && contains_pattern(*compiled, *text)) ||
               fail("could not find pattern " + python_string(pattern) + " in run " + where);
    }

    bool check_output(const std::string& pattern) {
        info("checking run " + id_ + " output for " + python_string(pattern));
        return find(pattern, run_.output(), id_ + " output");
    }

    bool check_files(const protocol::step_check& asked) {
        info("checking run " + id_ + " files " + python_string(asked.file));
        const auto files = files_matching(run_, asked.file);
        if (files.empty()) {
            return fail("no files matching " + asked.file + " in run " + id_);
        }
        bool passed = true;
        for (const auto& file : files) {
            if (!asked.contains.empty()) {
                info("checking run " + id_ + " file " + file + " for " +
                     python_string(asked.contains));
                passed =
                    find(asked.contains, run_.directory / file, id_ + " file " + file) && passed;
            }
            if (!asked.compare_to.empty()) {
                passed = compare(file, asked.compare_to) && passed;
            }
        }
        return passed;
    }

    bool compare(const std::string& file, const std::string& with) {
        const fs::path other = run_.directory / with_environment(with);
        info("comparing run " + id_ + " file " + file + " to " + other.native());
        const fs::path own = run_.directory / file;
        const auto wanted = read_small_file(other, longest_checked);
        const auto made = read_small_file(own, longest_checked);
        if (!wanted || !made) {
            return fail("cannot read " + (wanted ? own : other).native());
        }
        std::string shown;
        for (const auto& line : unified_diff(*wanted, *made, other.native(), own.native())) {
            shown += (shown.empty() ? "" : "\n") + line;
        }
        if (shown.empty()) {
            return true;
        }
        lines.push_back("ERROR: [guild] " + shown);
        return fail("unexpected file contents - see above for details");
    }

    const run_paths& run_;
    std::string id_;
};

} // namespace

checked_step check_step(const run_paths& run, const std::vector<protocol::step_check>& checks) {
    step_checking checking(run);
    std::size_t passed = 0;
    for (const auto& one : checks) {
        passed += checking.check(one) ? 1U : 0U;
    }
    checking.info(std::to_string(passed) + " of " + std::to_string(checks.size()) +
                  " checks passed");
    return {.lines = std::move(checking.lines), .passed = passed == checks.size()};
}

} // namespace outrider::agent
