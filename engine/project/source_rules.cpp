#include "engine/project/source_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <fnmatch.h>
#include <fstream>

namespace outrider {
namespace {

constexpr std::size_t most_default_files = 100;
constexpr std::uintmax_t default_file_limit = (std::uintmax_t{1} << 20) + 1;

source_rule no_directory(const char* pattern, const char* containing = "") {
    return {.include = false, .pattern = pattern, .type = "dir", .containing = containing};
}

} // namespace

std::vector<source_rule> default_source_rules(bool python) {
    std::vector<source_rule> out{no_directory(".*"),
                                 no_directory("*", ".guild-nocopy"),
                                 {.include = true,
                                  .pattern = "*",
                                  .type = "text",
                                  .below_bytes = default_file_limit,
                                  .most = most_default_files}};
    if (python) {
        for (auto& rule : {no_directory("__pycache__"), no_directory("*", "bin/activate"),
                           no_directory("*", "Scripts/activate"), no_directory("build"),
                           no_directory("dist"), no_directory("*.egg-info")}) {
            out.push_back(rule);
        }
    }
    return out;
}

std::vector<source_rule> expanded_rules(std::vector<source_rule> rules, const std::string& root) {
    for (auto& rule : rules) {
        std::error_code ec;
        if (rule.type != "dir" && !rule.pattern.empty() &&
            std::filesystem::is_directory(root + "/" + rule.pattern, ec)) {
            rule.pattern += rule.pattern.ends_with('/') ? "*" : "/*";
        }
    }
    return rules;
}

bool fits(const source_rule& rule, const std::string& path) {
    const bool anywhere = rule.pattern.find('/') == std::string::npos;
    const std::string subject = anywhere ? path.substr(path.rfind('/') + 1) : path;
    const char* text = rule.pattern.c_str() + (rule.pattern.starts_with('/') ? 1 : 0);
    return ::fnmatch(text, subject.c_str(), FNM_NOESCAPE) == 0;
}

std::string rule_text(const source_rule& rule) {
    std::string out = rule.include ? "include " : "exclude ";
    out += (rule.type.empty() ? "" : rule.type + " ") + rule.pattern;
    if (!rule.containing.empty()) {
        out += " containing " + rule.containing;
    }
    if (rule.below_bytes > 0) {
        out += " size < " + std::to_string(rule.below_bytes);
    }
    if (rule.most > 0) {
        out += ", max match " + std::to_string(rule.most);
    }
    return out;
}

bool looks_like_text(const std::string& path) {
    // As Guild does, by the name where that tells enough.
    std::string ending = std::filesystem::path(path).extension().string();
    std::ranges::transform(ending, ending.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    constexpr std::string_view text[] = {".csv", ".md",  ".py",   ".sh",
                                         ".sql", ".txt", ".yaml", ".yml"};
    constexpr std::string_view binary[] = {".ai",  ".bmp", ".gif", ".ico", ".jpeg",
                                           ".jpg", ".pdf", ".png", ".pyc", ".zip"};
    if (std::ranges::find(text, ending) != std::end(text)) {
        return true;
    }
    if (std::ranges::find(binary, ending) != std::end(binary)) {
        return false;
    }
    std::ifstream in(path, std::ios::binary);
    std::array<char, 8192> head{};
    in.read(head.data(), head.size());
    return std::find(head.data(), head.data() + in.gcount(), '\0') == head.data() + in.gcount();
}

} // namespace outrider
