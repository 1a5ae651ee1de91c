#include "engine/agent/slurm/slurm_words.hpp"

#include "engine/text/shell_words.hpp"

#include <algorithm>
#include <array>

namespace outrider::agent {
namespace {

/// Options that a directive may not have: by them the job would not be the one that we look for, or
/// not have the environment of its operation.
constexpr std::array<std::string_view, 12> not_in_directives{
    "--array",    "--export",   "--export-file", "--wrap",     "--wait", "--test-only",
    "--parsable", "--job-name", "--chdir",       "--clusters", "--uid",  "--get-user-env"};
constexpr std::string_view not_as_letters = "aWJDM";

bool has_control(std::string_view text) {
    return std::ranges::any_of(text, [](unsigned char c) { return c < ' ' || c == 127; });
}

result<> check_directive(const std::string& line) {
    const auto refused = [&](const std::string& why) {
        return failure(errc::bad_input, "sbatch: '" + line + "' " + why);
    };
    if (has_control(line)) {
        return failure(errc::bad_input, "sbatch: a directive is one line of plain text");
    }
    auto words = shell_split(line);
    if (!words || words->empty() || !words->front().starts_with('-')) {
        return refused("is no option of sbatch");
    }
    for (const auto& word : *words) {
        const auto name = std::string_view(word).substr(0, word.find('='));
        const bool is_letter = name.size() >= 2 && name[0] == '-' && name[1] != '-';
        const bool bad =
            is_letter ? not_as_letters.find(name[1]) != name.npos
                      : std::ranges::find(not_in_directives, name) != not_in_directives.end();
        if (bad) {
            return refused("cannot be used here: runs are found by what it changes");
        }
    }
    return {};
}

/// Adds `--NAME=VALUE` where there is a value.
class option_writer {
  public:
    explicit option_writer(std::vector<std::string>& to) : to_(to) {}
    void add(const char* name, const std::string& value) {
        if (value.empty() || bad_) {
            return;
        }
        if (has_control(value)) {
            bad_ = failure(errc::bad_input, std::string(name) + ": the value is not plain text");
            return;
        }
        to_.push_back("--" + std::string(name) + "=" + value);
    }
    [[nodiscard]] const std::optional<failure>& bad() const { return bad_; }

  private:
    std::vector<std::string>& to_;
    std::optional<failure> bad_;
};

// A process that a login did not start has no `module`, though everybody's set-up uses it.
constexpr std::string_view find_module_command =
    R"sh(if ! command -v module >/dev/null 2>&1; then
    for outrider_init in "${LMOD_PKG:-}/init/bash" "${MODULESHOME:-}/init/bash" \
        /etc/profile.d/lmod.sh /etc/profile.d/modules.sh /usr/share/lmod/lmod/init/bash; do
        if [ -r "$outrider_init" ]; then . "$outrider_init"; break; fi
    done
fi
)sh";

// For people who read `ps`: a line break would be one of the script.
std::string shown_word(std::string word) {
    std::ranges::replace_if(word, [](unsigned char c) { return c < ' ' || c == 127; }, '?');
    return word;
}

} // namespace

result<batch_words> words_of_job(const run_paths& run, const job_record& record,
                                 const std::vector<std::string>& command) {
    const auto& options = record.options;
    const std::string directory = run.directory.native();
    if (has_control(directory) || has_control(record.agent)) {
        return failure(errc::bad_input, "the directory '" + directory +
                                            "' cannot be that of a job: it has "
                                            "characters that are no text");
    }
    batch_words out;
    out.words = {"sbatch", "--parsable", options.requeue ? "--requeue" : "--no-requeue",
                 "--job-name=" + record.name, "--chdir=" + directory,
                 // Relative, so that nothing in it is a pattern.
                 "--output=.guild/outrider/slurm.out", "--open-mode=append"};
    option_writer writer(out.words);
    writer.add("partition", options.partition);
    writer.add("account", options.account);
    writer.add("qos", options.qos);
    writer.add("time", options.time);
    writer.add("gres", options.gpus.empty() ? std::string() : "gpu:" + options.gpus);
    writer.add("mem", options.mem);
    writer.add("cpus-per-task", options.cpus);
    writer.add("constraint", options.constraint);
    if (writer.bad()) {
        return *writer.bad();
    }
    out.script = options.setup.empty() ? "#!/bin/sh\n" : "#!/bin/bash\n";
    for (const auto& line : options.directives) {
        if (auto good = check_directive(line); !good) {
            return good.error();
        }
        out.script += "#SBATCH " + line + "\n";
    }
    out.script += "cd " + shell_quote(directory) + " || exit 1\n";
    if (!options.setup.empty()) {
        out.script += find_module_command;
    }
    for (const auto& line : options.setup) {
        if (line.find('\r') != line.npos || line.find('\0') != line.npos) {
            return failure(errc::bad_input, "setup: a line is not plain text");
        }
        out.script += line + "\n";
    }
    out.script += "exec " + shell_quote(record.agent);
    for (const auto& word : command) {
        out.script += " " + shell_quote(shown_word(word));
    }
    out.script += "\n";
    return out;
}

environment_map slurm_environment(environment_map from) {
    std::erase_if(from, [](const auto& variable) {
        return std::ranges::any_of(
            std::array{"SQUEUE_", "SBATCH_", "SCANCEL_", "SACCT_", "SINFO_"},
            [&](const char* prefix) { return variable.first.starts_with(prefix); });
    });
    from.insert_or_assign("SLURM_TIME_FORMAT", "%s");
    return from;
}

} // namespace outrider::agent
