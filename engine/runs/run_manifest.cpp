#include "engine/runs/run_manifest.hpp"

#include "engine/runs/shell_words.hpp"
#include "engine/runs/small_file.hpp"

#include <algorithm>

namespace outrider {
namespace {

constexpr std::size_t max_manifest = std::size_t{16} << 20; // bytes

} // namespace

std::string manifest_line(std::span<const std::string> words) {
    std::string out;
    for (const auto& word : words) {
        out += (out.empty() ? "" : " ") + shell_quote(word);
    }
    return out + "\n";
}

std::vector<std::string> source_code_tops(const run_paths& run) {
    std::vector<std::string> out;
    const std::string text = read_small_file(run.manifest(), max_manifest).value_or("");
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        const auto words = shell_split(text.substr(at, end - at));
        if (words && words->size() >= 2 && words->front() == "s") {
            const auto& path = (*words)[1];
            out.push_back(path.substr(0, path.find('/')));
        }
        at = end + 1;
    }
    std::ranges::sort(out);
    const auto repeated = std::ranges::unique(out);
    out.erase(repeated.begin(), repeated.end());
    return out;
}

} // namespace outrider
