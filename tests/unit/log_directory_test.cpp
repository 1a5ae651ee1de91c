#include "engine/commands/comparing/hparams_events.hpp"
#include "engine/commands/comparing/log_directory.hpp"
#include "engine/commands/comparing/scalars_export.hpp"
#include "engine/runs/small_file.hpp"
#include "engine/scalars/event_records.hpp"
#include "tests/support/temporary_directory.hpp"

#include <boost/test/unit_test.hpp>

using namespace outrider;

namespace {

void write(const fs::path& path, std::string_view bytes) {
    fs::create_directories(path.parent_path());
    BOOST_REQUIRE(write_new_file(path, bytes).has_value());
}

std::string events_of(std::initializer_list<scalar_point> points) {
    std::string out;
    append_event_record(out, file_version_event(0));
    for (const auto& point : points) {
        append_event_record(out, scalar_event(0, point));
    }
    return out;
}

std::vector<std::string> names_below(const fs::path& root) {
    std::vector<std::string> out;
    for (const auto& each : fs::recursive_directory_iterator(root)) {
        if (!each.is_directory()) {
            out.push_back(each.path().lexically_relative(root).string());
        }
    }
    std::ranges::sort(out);
    return out;
}

/// A home with runs.
struct home {
    testing::temporary_directory directory;

    [[nodiscard]] fs::path run(const std::string& id) const {
        const auto path = directory.path() / "runs" / id;
        write(path / ".guild" / "opref", "guildfile:/p/guild.yml 1 '' train");
        return path;
    }
};

std::string exported(std::vector<exported_run> runs) {
    scalars_export table(std::move(runs));
    std::string out;
    while (auto piece = table.next()) {
        out += *piece;
    }
    return out;
}

} // namespace

BOOST_AUTO_TEST_SUITE(log_directories)

BOOST_AUTO_TEST_CASE(names_hold_what_a_directory_can_be_called) {
    BOOST_TEST(log_name({"12345678", "m:t", "", "a/b\\c …"}) == "12345678 m:t a_b_c ?");
    BOOST_TEST(log_name({std::string(147, 'x') + "é"}).size() == 147U);
    BOOST_TEST(log_name({std::string(146, 'x') + "é"}).size() == 148U);
}

BOOST_AUTO_TEST_CASE(it_links_what_runs_made_and_forgets_what_is_gone) {
    const home at;
    const auto run = at.run("aa");
    write(run / "train.py", "");
    write(run / ".guild" / "manifest", "s train.py 0 train.py\n");
    write(run / ".guild" / "attrs" / "flags", "{}");
    write(run / ".guild" / "events.out.tfevents.1.host", events_of({}));
    write(run / "logs" / "events.out.tfevents.1.host", events_of({}));
    write(run / "logs" / "x.png", "no image");
    write(run / ".hidden" / "y.txt", "");
    log_directory made(at.directory.path() / "log", {});
    const std::vector<logged_run> runs{
        {.id = "aa", .name = "aa t", .directory = run, .started_us = 0, .stopped_us = 5}};
    BOOST_REQUIRE(made.refresh(runs, {}).has_value());
    const auto names = names_below(made.root());
    BOOST_REQUIRE(names.size() == 8U);
    BOOST_TEST(names[0] == "aa t/.guild/events.out.tfevents.0000000000.hparams");
    BOOST_TEST(names[1] == "aa t/.guild/events.out.tfevents.1.host");
    BOOST_TEST(names[2] == "aa t/.guild/events.out.tfevents.9999999999.time");
    BOOST_TEST(names[3].starts_with("aa t/.images/events.out.tfevents.0000000000.image."));
    BOOST_TEST(names[7] == "aa t/logs/x.png");
    BOOST_TEST(fs::read_symlink(made.root() / names[7]) == run / "logs" / "x.png");
    BOOST_REQUIRE(made.refresh(runs, {}).has_value()); // the same again changes nothing
    BOOST_TEST(names_below(made.root()) == names);
    write(run / "logs" / "late.txt", "");
    BOOST_REQUIRE(made.refresh(runs, {}).has_value());
    BOOST_TEST(names_below(made.root()).size() == 9U);
    BOOST_REQUIRE(made.refresh({}, {}).has_value());
    BOOST_TEST(names_below(made.root()).empty());
    BOOST_TEST(fs::exists(run / "logs" / "x.png"));
}

BOOST_AUTO_TEST_CASE(the_time_of_a_run_is_written_once_it_has_ended) {
    const home at;
    const auto run = at.run("aa");
    write(run / "events.out.tfevents.1.host", events_of({}));
    log_directory made(at.directory.path() / "log", {.images = false, .hparams = true});
    logged_run one{.id = "aa", .name = "a", .directory = run, .started_us = 0};
    BOOST_REQUIRE(made.refresh({one}, {}).has_value());
    BOOST_TEST(names_below(made.root()).size() == 2U);
    one.stopped_us = 1'500'000;
    BOOST_REQUIRE(made.refresh({one}, {}).has_value());
    const auto time = made.root() / "a" / "events.out.tfevents.9999999999.time";
    event_records records;
    records.feed(read_small_file(time).value());
    std::string_view payload;
    BOOST_REQUIRE((records.next(payload) == event_records::found::record)); // the version
    BOOST_REQUIRE((records.next(payload) == event_records::found::record));
    const auto points = read_event(payload).scalars;
    BOOST_REQUIRE(points.size() == 1U);
    BOOST_TEST(points.front().tag == "time");
    BOOST_TEST(points.front().value == 1.5);
}

BOOST_AUTO_TEST_CASE(hyperparameters_are_no_scalars) {
    const auto start = hparams_start_event({.name = "x", .hparams = {{"lr", 0.5}, {"n", "a"}}});
    BOOST_TEST(read_event(start).scalars.empty());
    BOOST_TEST(start.find("_hparams_/session_start_info") != std::string::npos);
    BOOST_TEST(read_event(image_event("a", "bytes")).scalars.empty());
}

BOOST_AUTO_TEST_CASE(images_say_their_size) {
    using bytes = std::string;
    const bytes png("\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\x10\0\0\1\0", 24);
    BOOST_TEST((image_size_of(png) == image_size{16, 256}));
    BOOST_TEST((image_size_of(bytes("GIF89a\x05\0\x06\x01", 10)) == image_size{5, 262}));
    const bytes jpeg("\xff\xd8\xff\xe0\0\4ab\xff\xc0\0\x11\x08\0\x20\0\x30", 17);
    BOOST_TEST((image_size_of(jpeg) == image_size{48, 32}));
    for (std::size_t size = 0; size < jpeg.size(); ++size) {
        BOOST_TEST((image_size_of(jpeg.substr(0, size)) == image_size{}));
    }
    BOOST_TEST((image_size_of(png.substr(0, 23)) == image_size{}));
}

BOOST_AUTO_TEST_CASE(all_values_of_linked_runs_are_exported_too) {
    const home at;
    const auto trial = at.run("bb");
    write(trial / "events.out.tfevents.1", events_of({{"loss", 1, 0.5}, {"a,b", 2, 2}}));
    const auto batch = at.run("aa");
    write(batch / "x" / "events.out.tfevents.1", events_of({{"acc", 3, 1}}));
    fs::create_directory_symlink("../bb", batch / "bb");
    fs::create_directory_symlink("../aa", trial / "back"); // in a circle
    fs::create_directory_symlink("/etc", batch / "etc");
    BOOST_TEST(exported({{"aa", batch}}) == "run,path,tag,value,step\r\n"
                                            "aa,bb,loss,0.5,1\r\n"
                                            "aa,bb,\"a,b\",2.0,2\r\n"
                                            "aa,x,acc,1.0,3\r\n");
    BOOST_TEST(exported({}) == "run,path,tag,value,step\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
