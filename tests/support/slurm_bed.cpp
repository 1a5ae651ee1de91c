#include "tests/support/slurm_bed.hpp"

#include "engine/text/shell_words.hpp"

#include <cstdio>
#include <stdexcept>

#include <array>
#include <memory>

namespace outrider::testing {
namespace {

std::string output_of(const std::string& command) {
    std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
    std::string out;
    std::array<char, 4096> piece;
    while (pipe) {
        const auto got = std::fread(piece.data(), 1, piece.size(), pipe.get());
        if (got == 0) {
            break;
        }
        out.append(piece.data(), got);
    }
    if (!pipe || ::pclose(pipe.release()) != 0) {
        throw std::runtime_error("failed: " + command + "\n" + out);
    }
    return out;
}

} // namespace

slurm_bed::slurm_bed(const std::map<std::string, std::string>& settings) : settings_(settings) {
    tool("start " + directory_);
}

slurm_bed::~slurm_bed() {
    try {
        tool("stop " + directory_);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
    }
}

void slurm_bed::tool(const std::string& words) const {
    std::string command;
    for (const auto& [name, value] : settings_) {
        command += name + "=" + shell_quote(value) + " ";
    }
    std::ignore = output_of(command + shell_quote(OUTRIDER_SLURM_BED) + " " + words + " 2>&1");
}

std::map<std::string, std::string> slurm_bed::variables() const {
    return {{"SLURM_CONF", directory_ + "/slurm.conf"}};
}

std::string slurm_bed::ask(const std::string& command) const {
    return output_of("SLURM_CONF=" + directory_ + "/slurm.conf sh -c " + shell_quote(command) +
                     " 2>&1");
}

void slurm_bed::end(const std::string& daemon, const std::string& signal) const {
    tool("kill " + directory_ + " " + daemon + " " + signal);
}

void slurm_bed::start(const std::string& daemon) const {
    tool("run " + directory_ + " " + daemon);
}

void slurm_bed::signal(const std::string& daemon, const std::string& name) const {
    std::ignore = output_of("kill -" + name + " $(cut -d' ' -f1 " + directory_ + "/pids/" + daemon +
                            ") 2>&1");
}

const slurm_bed& bed_of_all_tests() {
    static const slurm_bed bed;
    return bed;
}

} // namespace outrider::testing
