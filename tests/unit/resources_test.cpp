// Sources of resources: files that are checked, unpacked, rewritten.
#include "engine/json/described_json.hpp"
#include "engine/project/captured_program.hpp"
#include "engine/project/config_file.hpp"
#include "engine/project/dependency_plan.hpp"
#include "engine/project/digest.hpp"
#include "engine/project/resource_cache.hpp"
#include "engine/project/unpacked_archive.hpp"
#include "engine/text/yaml_value.hpp"
#include "tests/support/caller_environment.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <filesystem>

using namespace outrider;
using protocol::dependency_kind;
namespace json = boost::json;
namespace fs = std::filesystem;

namespace {

// Makes an archive by Python, which lets entries be called anything.
constexpr std::string_view packer = R"(
import io, sys, tarfile, zipfile
path, entries = sys.argv[1], sys.argv[2:]
if path.endswith('.zip'):
    with zipfile.ZipFile(path, 'w') as out:
        for e in entries:
            name, text = e.split('=')
            out.writestr(name, text)
else:
    kind = path.rsplit('.', 1)[1]
    with tarfile.open(path, 'w:' + {'tgz': 'gz', 'tar': ''}.get(kind, kind)) as out:
        for e in entries:
            if '->' in e:
                name, target = e.split('->')
                info = tarfile.TarInfo(name)
                info.type, info.linkname = tarfile.SYMTYPE, target
                out.addfile(info)
            elif '=' in e:
                name, text = e.split('=')
                info = tarfile.TarInfo(name)
                info.size = len(text)
                out.addfile(info, io.BytesIO(text.encode()))
            else:
                info = tarfile.TarInfo(e)
                info.type = tarfile.FIFOTYPE
                out.addfile(info)
)";

struct project {
    testing::temporary_directory scratch;
    dependency_sources from;

    project() {
        from.project = scratch / "project";
        from.cache = scratch / "cache";
        fs::create_directories(from.project);
    }
    void write(const std::string& name, std::string_view text) const {
        scratch.write("project/" + name, text);
    }
    void pack(const std::string& name, const std::vector<std::string>& entries) const {
        std::vector<std::string> words = {"python3", "-c", std::string(packer),
                                          from.project + "/" + name};
        words.insert(words.end(), entries.begin(), entries.end());
        const auto done = capture_program(words, caller_environment(), std::chrono::seconds(30));
        BOOST_REQUIRE(done.has_value());
        BOOST_REQUIRE_EQUAL(done->exit_status, 0);
    }
    dependency_plan plan(const resource_source& source) const {
        resource_def resource{.name = "r", .sources = {source}};
        resource.sources.front().name = source.uri();
        auto out = plan_dependencies({resource}, from);
        BOOST_REQUIRE_MESSAGE(out.has_value(), out.error().context);
        return std::move(*out);
    }
    // The places in the run, or why there are none.
    std::string places(const resource_source& source) const {
        const auto made = plan(source);
        std::string out = made.wanted.front().reason;
        for (const auto& file : made.files) {
            // In the package the files of each source stand in a directory of its own.
            out += (out.empty() ? "" : " ") + file.path.substr(file.path.find('/') + 1);
        }
        return out;
    }
};

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(resources)

BOOST_AUTO_TEST_CASE(a_file_must_have_the_sha256_that_is_declared) {
    const project at;
    at.write("data.txt", "abc");
    at.write("d/x", "x");
    const std::string right = hex_digest(digest_kind::sha256, "abc");
    std::string upper = right;
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
    BOOST_TEST(at.places({.what = "data.txt", .sha256 = right}) == "data.txt");
    BOOST_TEST(at.places({.what = "data.txt", .sha256 = upper}) == "data.txt");
    const auto wrong = at.plan({.what = "data.txt", .sha256 = "12"});
    BOOST_TEST((wrong.wanted.front().kind == dependency_kind::failed));
    BOOST_TEST(has(wrong.wanted.front().reason,
                   "has an unexpected sha256 (expected 12 but got " + right + ")"));
    BOOST_TEST(has(at.places({.what = "d", .sha256 = right}), "is a directory"));
}

BOOST_AUTO_TEST_CASE(archives_are_unpacked_and_their_top_entries_placed) {
    const project at;
    for (const std::string name :
         {"a.zip", "a.tar", "a.tar.gz", "a.tgz", "a.tar.bz2", "a.tar.xz"}) {
        BOOST_TEST_CONTEXT(name) {
            at.pack(name, {"top.txt=1", "d/e/f.txt=2", "d/g.csv=3"});
            BOOST_TEST(at.places({.what = name}) == "d/e/f.txt d/g.csv top.txt");
            BOOST_TEST(at.places({.what = name, .choice = {.target_path = "in"}}) ==
                       "in/d/e/f.txt in/d/g.csv in/top.txt");
            BOOST_TEST(at.places({.what = name, .choice = {.select = {"d/.*\\.txt"}}}) == "f.txt");
            BOOST_TEST(at.places({.what = name, .choice = {.rename = {{"^d$", "data"}}}}) ==
                       "data/e/f.txt data/g.csv top.txt");
            BOOST_TEST(at.places({.what = name, .unpack = false}) == name);
            const auto plan = at.plan({.what = name, .choice = {.select = {"d/g.*"}}});
            BOOST_TEST(testing::read_file(plan.files.front().absolute) == "3");
        }
    }
    // Linking into the cache would be a link to what may go.
    BOOST_TEST((at.plan({.what = "a.zip", .target_type = "link"}).wanted.front().kind ==
                dependency_kind::files));
}

BOOST_AUTO_TEST_CASE(an_archive_is_unpacked_once_for_its_contents) {
    const project at;
    at.pack("a.zip", {"x=1"});
    const fs::path first = at.plan({.what = "a.zip"}).files.front().absolute;
    testing::write_file(first, "seen before");
    BOOST_TEST(at.plan({.what = "a.zip"}).files.front().absolute == first.native());
    BOOST_TEST(testing::read_file(first) == "seen before");
    at.pack("a.zip", {"x=2"});
    BOOST_TEST(testing::read_file(at.plan({.what = "a.zip"}).files.front().absolute) == "2");
}

BOOST_AUTO_TEST_CASE(archives_that_lead_elsewhere_are_refused) {
    const project at;
    struct row {
        std::vector<std::string> entries;
        std::string says;
    };
    const row rows[] = {
        {{"../x=1"}, "the entry '../x' leads out of it"},
        {{"a/../../x=1"}, "leads out of it"},
        {{"/tmp/x=1"}, "the entry '/tmp/x' leads out of it"},
        {{"l->/etc/passwd"}, "the link 'l' leads out of it"},
        {{"l->../../x"}, "the link 'l' leads out of it"},
        {{"l->.", "m->l/../.."}, "the link 'm' leads out of it"},
        {{"l->..", "l/x->y"}, "File exists"},
        {{"pipe"}, "the entry 'pipe' is a device"},
    };
    for (const auto& [entries, says] : rows) {
        BOOST_TEST_CONTEXT(entries.back()) {
            at.pack("bad.tar", entries);
            const auto said = at.places({.what = "bad.tar"});
            BOOST_TEST(has(said, "cannot unpack 'bad.tar': "), said);
            BOOST_TEST(has(said, says), said);
        }
    }
    at.write("no.zip", "this is no archive at all");
    BOOST_TEST(has(at.places({.what = "no.zip"}), "cannot unpack 'no.zip': "));
    BOOST_TEST(fs::is_empty(at.scratch / "cache/archives"));
    at.pack("good.tar", {"d/x=1", "d/y->x", "z->d/x"});
    BOOST_TEST(at.places({.what = "good.tar"}) == "d/x d/y z");
}

BOOST_AUTO_TEST_CASE(flags_go_where_a_config_has_their_names) {
    auto config =
        json::parse(R"({"a": {"b": 1, "c.d": 2}, "e": 3, "a.x": 4, "s": "t"})").as_object();
    for (const auto& [name, value] :
         flag_map{{"a.b", 10}, {"a.c.d", 20}, {"a.x", 40}, {"n", 6}, {"p.q.r", true}, {"a.z", 7}}) {
        BOOST_TEST(set_in_config(config, name, value).has_value());
    }
    BOOST_TEST(json::value(config) ==
               json::parse(R"({"a": {"b": 10, "c.d": 20, "z": 7}, "e": 3, "a.x": 40, "s": "t",
                               "n": 6, "p": {"q": {"r": true}}})"));
    const auto refused = set_in_config(config, "s.u", 5);
    BOOST_REQUIRE(!refused);
    BOOST_TEST(refused.error().context == "cannot set 's.u': 's' is no section");
}

BOOST_AUTO_TEST_CASE(flags_are_in_a_config_as_they_are_declared) {
    const std::vector<flag_def> declared = {{.name = "depth", .arg_name = "model.depth"},
                                            {.name = "layers", .arg_split = json::value(true)},
                                            {.name = "tags", .arg_split = json::value(",")}};
    const auto values = config_values(declared, {{"depth", 5},
                                                 {"layers", "1 2 'a b'"},
                                                 {"tags", "x,y"},
                                                 {"none", nullptr},
                                                 {"text", "a b"}});
    BOOST_TEST((values == flag_map{{"model.depth", 5},
                                   {"layers", json::array{1, 2, "a b"}},
                                   {"tags", json::array{"x", "y"}},
                                   {"text", "a b"}}));
}

// A search makes configs where there is no project.
BOOST_AUTO_TEST_CASE(a_config_made_elsewhere_is_the_one_that_is_made_here) {
    project at;
    at.write("c.yml", "b: {x: 1, text: '007'}\na: [1, 2]\nbig: 123456789012345678901\n");
    at.write("c.json", R"({"b": {"x": 1.5, "n": null}, "a": true})");
    at.write("c.cfg.in", "top = 1\n[b]\nx = 1\nwords = a b\n");
    const std::vector<flag_def> declared = {{.name = "depth", .arg_name = "b.x"},
                                            {.name = "layers", .arg_split = json::value(true)},
                                            {.name = "tags", .arg_split = json::value(",")}};
    const flag_map flags{{"depth", 5},    {"layers", "1 2 'a b'"}, {"tags", "x,y"},
                         {"rate", 1e-05}, {"none", nullptr},       {"b.text", "yes"}};
    for (const char* name : {"c.yml", "c.json", "c.cfg.in"}) {
        const fs::path file = at.scratch / (std::string("project/") + name);
        const json::object params{{"a", 9}, {"extra", json::array{1, "z"}}};
        const auto here = config_with(file, params, config_values(declared, flags));
        const auto recipe = config_recipe_of(file, params, declared);
        BOOST_REQUIRE_MESSAGE(here, name << ": " << here.error().context);
        BOOST_REQUIRE(recipe);
        const auto there = protocol::decode<config_recipe>(protocol::encode(*recipe));
        BOOST_REQUIRE(there);
        BOOST_TEST(there->name == here->name);
        BOOST_TEST(fill_config(*there, flags).value() == here->text);
    }
}

BOOST_AUTO_TEST_CASE(a_config_is_written_with_the_values_of_flags) {
    project at;
    at.from.config_values = {{"train.lr", 0.5}, {"epochs", 3}};
    at.write("c.yml", "train:\n  lr: 0.1\n  name: x\nother: [1, 2]\n");
    at.write("c.json.in", R"({"train": {"lr": 1}})");
    at.write("c.ini", "[train]\nLR = 1\nname: a b\n; no value\nfast = yes\n");
    at.write("bad.yml", "a: [");
    at.write("bad.json", "{");
    at.write("list.json", "[1]");
    at.write("c.txt", "x");
    const auto plan =
        at.plan({.kind = source_kind::config, .what = "c.yml", .choice = {.target_path = "in"}});
    BOOST_REQUIRE_EQUAL(plan.files.size(), 1U);
    const auto& entry = plan.wanted.front().entries.front();
    BOOST_TEST(entry.place == "in/c.yml");
    BOOST_TEST(entry.source.starts_with(".guild/generated/"));
    BOOST_TEST(entry.source.ends_with("/c.yml"));
    BOOST_TEST(entry.sha1 == plan.files.front().sha1);
    BOOST_TEST(*read_yaml(testing::read_file(plan.files.front().absolute), "c") ==
               json::parse(R"({"epochs": 3, "train": {"lr": 0.5, "name": "x"}, "other": [1, 2]})"));
    const auto text = [&](const resource_source& source) {
        return testing::read_file(at.plan(source).files.front().absolute);
    };
    BOOST_TEST(text({.kind = source_kind::config,
                     .what = "c.json.in",
                     .params = {{"epochs", 1}, {"name", "z"}}}) ==
               R"({"epochs": 3, "name": "z", "train": {"lr": 0.5}})");
    BOOST_TEST(text({.kind = source_kind::config, .what = "c.ini"}) ==
               "[DEFAULT]\nepochs = 3\n\n[train]\nfast = True\nlr = 0.5\nname = a b\n\n");
    const auto config = [&](const std::string& name) {
        return at.places({.kind = source_kind::config, .what = name});
    };
    BOOST_TEST(at.places({.kind = source_kind::config,
                          .what = "c.yml",
                          .choice = {.rename = {{"c", "x"}}}}) == "x.yml");
    BOOST_TEST(has(config("bad.yml"), "bad.yml:1"));
    BOOST_TEST(has(config("bad.json"), "bad.json: "));
    BOOST_TEST(has(config("list.json"), "is no mapping of names"));
    BOOST_TEST(has(config("c.txt"), "unsupported file type for '"));
    BOOST_TEST(config("none.yml") ==
               "could not resolve 'config:none.yml' in r resource: cannot find source file "
               "'none.yml'");
}

BOOST_AUTO_TEST_CASE(a_module_is_left_to_the_machine_of_the_run) {
    const project at;
    const auto plan = at.plan({.kind = source_kind::module, .what = "nosuch", .help = "Get it."});
    const auto& wanted = plan.wanted.front();
    BOOST_TEST((wanted.kind == dependency_kind::module));
    BOOST_TEST(wanted.uri == "module:nosuch");
    BOOST_TEST(wanted.what == "nosuch");
    BOOST_TEST(wanted.help == "Get it.");
}

BOOST_AUTO_TEST_CASE(directories_are_taken_whole_or_file_by_file) {
    const project at;
    at.write("d/a.csv", "1");
    at.write("d/e/b.csv", "2");
    at.write("d/n-2.txt", "3");
    at.write("d/n-10.txt", "4");
    fs::create_directory_symlink("e", at.from.project + "/d/linked");
    fs::create_directory_symlink("..", at.from.project + "/d/e/up");
    const std::string everything = "d/a.csv d/e/b.csv d/linked/b.csv d/n-10.txt d/n-2.txt";
    BOOST_TEST(at.places({.what = "d"}) == everything);
    BOOST_TEST(at.places({.what = "d/"}) == everything);
    BOOST_TEST(at.places({.what = "d", .choice = {.select = {".*\\.csv"}}}) == "a.csv b.csv");
    BOOST_TEST(at.places({.what = "d", .choice = {.select = {"csv", "a"}}}).empty());
    BOOST_TEST(at.places({.what = "d", .choice = {.select = {"e"}}}) ==
               "e/b.csv e/up/a.csv e/up/n-10.txt e/up/n-2.txt");
    using protocol::choice_rule;
    BOOST_TEST(at.places({.what = "d",
                          .choice = {.select = {"n-(\\d+)\\.txt"}, .rule = choice_rule::lowest}}) ==
               "n-2.txt");
    BOOST_TEST(at.places({.what = "d",
                          .choice = {.select = {"n-(\\d+)\\.txt"},
                                     .rule = choice_rule::highest}}) == "n-10.txt");
    BOOST_TEST(at.places({.what = "d/e/b.csv", .preserve_path = true}) == "d/e/b.csv");
    BOOST_TEST(at.places({.what = "d/a.csv", .choice = {.rename = {{"", "x"}}}}) == "x");
    BOOST_TEST(at.places({.what = "d", .choice = {.rename = {{"", "x"}}}}).starts_with("x/a.csv"));
}

BOOST_AUTO_TEST_CASE(what_a_source_cannot_do_is_said) {
    const project at;
    at.write("a", "1");
    BOOST_TEST(at.places({.what = "a", .choice = {.target_path = "/srv"}}) ==
               "invalid path '/srv' in r resource (path must be relative)");
    BOOST_TEST(at.places({.what = "a", .target_type = "move"}) ==
               "unsupported target-type 'move' in source file:a (expected 'link' or 'copy')");
    BOOST_TEST(
        has(at.places({.what = "a", .choice = {.target_path = "../x"}}), "is no place in a run"));
    BOOST_TEST(
        has(at.places({.what = "a", .choice = {.target_path = ".guild"}}), "is no place in a run"));
    BOOST_TEST(has(at.places({.what = "a", .choice = {.select = {"["}}}), "")); // a file is whole
    BOOST_TEST(has(at.places({.what = "a", .type = "rar"}), "unsupported archive type 'rar'"));
}

BOOST_AUTO_TEST_CASE(a_file_that_was_typed_is_relative_to_where_that_was) {
    project at;
    at.write("a.csv", "1");
    at.scratch.write("elsewhere/b.csv", "2");
    at.from.directory = at.scratch / "elsewhere";
    const resource_source table{.what = "a.csv", .flag_name = "table"};
    BOOST_TEST(at.places(table) == "a.csv");
    at.from.supplied = {{"table", "a.csv"}}; // its default
    BOOST_TEST(at.places(table) == "a.csv");
    at.from.supplied = {{"table", "b.csv"}};
    BOOST_TEST(at.places(table) == "b.csv");
    BOOST_TEST(at.plan(table).wanted.front().config == "b.csv");
    at.from.supplied = {{"table", "c.csv"}};
    BOOST_TEST(has(at.places(table), "/elsewhere/c.csv does not exist"));
}

BOOST_AUTO_TEST_CASE(what_a_run_has_is_not_read_again) {
    project at;
    at.write("a", "1");
    at.from.resolved = {{"r", json::object{{"file:a", json::object()}}}};
    BOOST_TEST(at.plan({.what = "a"}).files.empty());
    BOOST_TEST(at.plan({.what = "a", .always_resolve = true}).files.size() == 1U);
}

BOOST_AUTO_TEST_CASE(the_cache_is_the_users) {
    BOOST_TEST(resource_cache({{"HOME", "/h"}}) == "/h/.cache/outrider/resources");
    BOOST_TEST(resource_cache({{"HOME", "/h"}, {"XDG_CACHE_HOME", "/c"}}) ==
               "/c/outrider/resources");
    BOOST_TEST(resource_cache({{"HOME", "/h"}, {"XDG_CACHE_HOME", "c"}}) ==
               "/h/.cache/outrider/resources");
    BOOST_TEST(resource_cache({}).empty());
}

BOOST_AUTO_TEST_SUITE_END()
