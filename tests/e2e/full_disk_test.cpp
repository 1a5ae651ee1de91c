// Copies to a disk that is full: what was there stays, and once there is room all goes on.
#include "tests/e2e/scene.hpp"

#include <sys/mount.h>

using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

/// A small file system in place of a directory.
class small_disk {
  public:
    small_disk(std::string place, const char* options) : place_(std::move(place)) {
        fs::create_directories(place_);
        mounted_ = ::mount("tmpfs", place_.c_str(), "tmpfs", 0, options) == 0;
        if (!mounted_) {
            BOOST_TEST_MESSAGE("skipped: this account may not mount");
        }
    }
    small_disk(const small_disk&) = delete;
    small_disk& operator=(const small_disk&) = delete;
    ~small_disk() {
        if (mounted_) {
            ::umount2(place_.c_str(), MNT_DETACH);
        }
    }
    [[nodiscard]] bool mounted() const { return mounted_; }

  private:
    std::string place_;
    bool mounted_;
};

std::string run_with_model(const scene<over_ssh>& at, int megabytes) {
    at.me.write_project_file("guild.yml", "big:\n  exec: sh -c \"head -c " +
                                              std::to_string(megabytes) +
                                              "000000 /dev/urandom > model; echo done\"\n");
    const auto ran = at.me.run({"run", "big", "-r", "gpu1", "-y"});
    check_exit(ran, 0);
    return run_id_in(ran.err);
}

} // namespace

BOOST_AUTO_TEST_SUITE(full_disks)

BOOST_AUTO_TEST_CASE(a_pull_that_does_not_fit_says_what_is_missing_and_goes_on_with_room) {
    scene<over_ssh> at;
    const small_disk disk(at.me.guild_home() + "/runs", "size=8m");
    if (!disk.mounted()) {
        return;
    }
    const auto small = run_with_model(at, 2);
    check_exit(at.me.run({"pull", "gpu1", small, "-y"}), 0);
    const auto large = run_with_model(at, 5);
    write_file(at.me.guild_home() + "/runs/ballast", std::string(3'000'000, 'x'));
    check_says(at.me.run({"pull", "gpu1", "-y"}), 1, {"bytes too few are free", "no space"});
    BOOST_TEST((at.copied_file(small, "model") == at.far_file(small, "model")));
    BOOST_TEST(!fs::exists(at.me.run_directory(large) + "/.guild/opref"));
    BOOST_TEST(!has(at.me.run({"runs"}).out, large.substr(0, 8)));
    fs::remove(at.me.guild_home() + "/runs/ballast");
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    BOOST_TEST((at.copied_file(large, "model") == at.far_file(large, "model")));
}

BOOST_AUTO_TEST_CASE(a_push_that_does_not_fit_leaves_the_remote_as_it_was) {
    scene<over_ssh> at;
    const auto id = run_with_model(at, 5);
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    const small_disk disk(at.place.guild_home() + "/runs", "size=4m");
    if (!disk.mounted()) {
        return;
    }
    check_says(at.me.run({"push", "gpu1", "-y"}), 1,
               {"gpu1: no space in", "bytes too few are free"});
    BOOST_TEST(!has(at.me.run({"runs", "-r", "gpu1"}).out, "big"));
    BOOST_TEST((fs::is_empty(at.place.guild_home() + "/runs") ||
                fs::is_empty(at.place.guild_home() + "/runs/" + id)));
}

BOOST_AUTO_TEST_SUITE_END()
