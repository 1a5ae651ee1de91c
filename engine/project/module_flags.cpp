#include "engine/project/module_flags.hpp"

#include "engine/config/guild_home.hpp"
#include "engine/project/captured_program.hpp"
#include "engine/project/digest.hpp"
#include "engine/project/module_flags_script.hpp"
#include "engine/text/file_text.hpp"
#include "engine/text/shell_words.hpp"
#include "engine/text/value_text.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <unistd.h>

namespace outrider {
namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

constexpr std::size_t most_module_bytes = std::size_t{16} << 20;
constexpr std::size_t most_result_bytes = std::size_t{4} << 20;
constexpr std::chrono::seconds longest_reading{20};

result<module_flags> parse(const std::string& bytes) {
    boost::system::error_code ec;
    const json::value data = json::parse(bytes, ec);
    const auto* object = ec ? nullptr : data.if_object();
    if (object == nullptr) {
        return failure(errc::io_failed, "python3 could not read the module");
    }
    if (object->contains("error")) {
        return failure(errc::bad_input, text_of(*object, "error"));
    }
    const auto* flags = object->if_contains("flags");
    const auto* files = object->if_contains("files");
    module_flags out{.dest = text_of(*object, "dest"),
                     .options_by_dash = text_of(*object, "parser") == "argparse"};
    if (flags != nullptr && flags->is_object()) {
        out.flags = flags->get_object();
    }
    if (files != nullptr && files->is_object()) {
        out.files = files->get_object();
    }
    return out;
}

// What is wrong with the source is as sure as what is right, and is kept as well.
bool is_mistake(const failure& why) {
    return why.kind() == errc::bad_input;
}

// Other modules that were read as well: the key of the cache is the content of the first one.
bool are_unchanged(const json::object& files) {
    return std::ranges::all_of(files, [](const auto& file) {
        const auto bytes = read_text_file(std::string(file.key()), most_module_bytes);
        return bytes && file.value() == json::value(hex_digest(digest_kind::sha256, *bytes));
    });
}

// A failing cache costs time only. It is written aside and renamed: others read it meanwhile.
void keep(const std::string& path, const std::string& bytes) {
    std::error_code ec;
    fs::create_directories(fs::path(path).parent_path(), ec);
    const std::string aside = path + "." + std::to_string(::getpid());
    std::ofstream file(aside, std::ios::binary);
    file << bytes;
    file.close();
    if (file.good()) {
        fs::rename(aside, path, ec);
    }
    if (!file.good() || ec) {
        fs::remove(aside, ec);
    }
}

result<std::string> run_script(const std::string& path, const std::string& dest,
                               const module_reading& how) {
    // Isolated: nothing of the user's site or environment is loaded.
    std::vector<std::string> words{"python3", "-I", "-S", "-c", std::string(module_flags_script()),
                                   path,      dest};
    words.insert(words.end(), how.words.begin(), how.words.end());
    auto ended = capture_program(words, how.environment, longest_reading);
    if (!ended) {
        return ended.error();
    }
    if (ended->exit_status != 0 || ended->bytes.size() > most_result_bytes) {
        return failure(errc::io_failed, "python3 could not read the module (exit status " +
                                            std::to_string(ended->exit_status) + ")");
    }
    return std::move(ended->bytes);
}

} // namespace

module_reading module_reading_of(const command_context& context) {
    const auto home = find_guild_home(context);
    return {.environment = context.environment,
            .cache = home ? *home + "/cache/import-flags" : std::string()};
}

result<module_flags> read_module_flags(const std::string& path, const std::string& dest,
                                       const module_reading& how) {
    auto source = read_text_file(path, most_module_bytes);
    if (!source) {
        return source.error();
    }
    std::string kept_at;
    if (!how.cache.empty()) {
        digest key(digest_kind::md5);
        // The path tells which other modules of the project were meant.
        key.add(std::string(module_flags_version()) + "\n" + dest + "\n" + path + "\n");
        for (const auto& word : how.words) {
            key.add(shell_quote(word) + " ");
        }
        key.add("\n");
        key.add(*source);
        kept_at = how.cache + "/" + key.hex();
        if (auto kept = read_text_file(kept_at, most_result_bytes)) {
            if (auto parsed = parse(*kept);
                parsed ? are_unchanged(parsed->files) : is_mistake(parsed.error())) {
                return parsed;
            }
        }
    }
    auto bytes = run_script(path, dest, how);
    if (!bytes) {
        return bytes.error();
    }
    auto parsed = parse(*bytes);
    if ((parsed || is_mistake(parsed.error())) && !kept_at.empty()) {
        keep(kept_at, *bytes);
    }
    return parsed;
}

} // namespace outrider
