// Sources of resources: files that are checked, unpacked, rewritten.
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
        resource_def resource{.name = "r", .flag_name = "r", .sources = {source}};
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
            out += (out.empty() ? "" : " ") + file.path;
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
            BOOST_TEST(at.places({.what = name, .target_path = "in"}) ==
                       "in/d/e/f.txt in/d/g.csv in/top.txt");
            BOOST_TEST(at.places({.what = name, .select = {"d/.*\\.txt"}}) == "f.txt");
            BOOST_TEST(at.places({.what = name, .rename = {{"^d$", "data"}}}) ==
                       "data/e/f.txt data/g.csv top.txt");
            BOOST_TEST(at.places({.what = name, .unpack = false}) == name);
            const auto plan = at.plan({.what = name, .select = {"d/g.*"}});
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
    json::value config = json::parse(R"({"a": {"b": 1, "c.d": 2}, "e": 3, "a.x": 4, "s": "t"})");
    put_flags(config,
              {{"a.b", 10}, {"a.c.d", 20}, {"e", nullptr}, {"a.x", 40}, {"s.u", 5}, {"n", 6}});
    BOOST_TEST(config ==
               json::parse(R"({"a": {"b": 10, "c.d": 20}, "e": 3, "a.x": 40, "s": "t"})"));
}

BOOST_AUTO_TEST_CASE(a_config_is_written_with_the_values_of_flags) {
    project at;
    at.from.flags = {{"train.lr", 0.5}, {"epochs", 3}};
    at.write("c.yml", "train:\n  lr: 0.1\n  name: x\nother: [1, 2]\n");
    at.write("c.json", R"({"train": {"lr": 1}})");
    at.write("bad.yml", "a: [");
    at.write("bad.json", "{");
    at.write("c.txt", "x");
    const auto plan = at.plan({.kind = source_kind::config, .what = "c.yml", .target_path = "in"});
    BOOST_REQUIRE_EQUAL(plan.files.size(), 1U);
    BOOST_TEST(plan.files.front().path == "in/c.yml");
    BOOST_TEST(*read_yaml(testing::read_file(plan.files.front().absolute), "c") ==
               json::parse(R"({"train": {"lr": 0.5, "name": "x"}, "other": [1, 2]})"));
    const auto other = at.plan({.kind = source_kind::config, .what = "c.json"});
    BOOST_TEST(testing::read_file(other.files.front().absolute) == R"({"train":{"lr":5E-1}})");
    const auto config = [&](const std::string& name) {
        return at.places({.kind = source_kind::config, .what = name});
    };
    BOOST_TEST(at.places({.kind = source_kind::config, .what = "c.yml", .rename = {{"c", "x"}}}) ==
               "x.yml");
    BOOST_TEST(has(config("bad.yml"), "bad.yml:1"));
    BOOST_TEST(has(config("bad.json"), "bad.json: "));
    BOOST_TEST(has(config("c.txt"), "unsupported file type for '"));
    BOOST_TEST(config("none.yml") == "cannot find source file 'none.yml'");
}

BOOST_AUTO_TEST_CASE(a_module_is_recorded_without_files) {
    const project at;
    const auto plan =
        at.plan({.kind = source_kind::module, .what = "nosuch", .fail_if_empty = true});
    BOOST_TEST((plan.wanted.front().kind == dependency_kind::files));
    BOOST_TEST(plan.wanted.front().uri == "module:nosuch");
    BOOST_TEST(plan.wanted.front().paths.empty());
    BOOST_TEST(!plan.wanted.front().warn_if_empty);
    BOOST_TEST(!plan.wanted.front().fail_if_empty);
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
