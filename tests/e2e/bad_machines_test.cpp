// Machines that cannot be reached, do not let us in, or cannot do what is asked: each answer names
// the remote, the phase, the cause and what to do next, and nothing half done is left.
#include "tests/e2e/scene.hpp"

#include <netinet/in.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

using namespace outrider::testing;
namespace fs = std::filesystem;

namespace {

/// The person's configuration with some lines about gpu1 replaced.
template <class Place>
void change_remote(const scene<Place>& at, const std::string& from, const std::string& to) {
    std::string text = read_file(at.me.config());
    const auto where = text.find(from);
    BOOST_REQUIRE(where != std::string::npos);
    const auto end = text.find('\n', where);
    at.me.write_config(text.replace(where, end - where, to));
}

/// Every command that needs the machine says the same and leaves nothing.
void check_all_refused(const scene<over_ssh>& at, const std::vector<std::string>& parts) {
    for (const std::vector<std::string>& words :
         {std::vector<std::string>{"run", "hello", "-y", "-r", "gpu1"},
          {"runs", "-r", "gpu1"},
          {"pull", "gpu1", "-y"},
          {"remote", "status", "gpu1"}}) {
        const auto ended = at.me.run(words);
        check_says(ended, 1, parts);
        BOOST_TEST(has(ended.err, "outrider: gpu1: "), ended.err);
        BOOST_TEST(ended.out == "");
    }
    BOOST_TEST(names_in(at.place.server.home()).empty());
    BOOST_TEST(names_in(at.me.guild_home() + "/runs").empty());
}

/// Paths below a directory whose name tells that they were meant to be gone.
std::vector<std::string> temporary_files(const std::string& directory) {
    std::vector<std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        const std::string name = entry.path().filename();
        if (has(name, "tmp") || has(name, "incoming") || has(name, "partial")) {
            found.push_back(entry.path());
        }
    }
    return found;
}

/// A small file system of its own; `mounted` says whether this user may make one.
struct small_disk {
    explicit small_disk(std::string where) : path(std::move(where)) {
        fs::create_directories(path);
        mounted = ::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=40m,mode=700") == 0;
        BOOST_TEST_MESSAGE((mounted ? "on a disk of 40 MiB" : "SKIPPED: this user cannot mount"));
    }
    small_disk(const small_disk&) = delete;
    small_disk& operator=(const small_disk&) = delete;
    ~small_disk() {
        if (mounted) {
            ::umount2(path.c_str(), MNT_DETACH);
        }
    }
    /// Fills it but for so many bytes.
    void fill(std::uintmax_t left) const {
        const auto room = fs::space(path).available;
        std::ofstream(path + "/filling") << std::string(room > left ? room - left : 0, 'x');
    }
    void empty() const { fs::remove(path + "/filling"); }

    std::string path;
    bool mounted = false;
};

} // namespace

BOOST_AUTO_TEST_SUITE(bad_machines)

BOOST_AUTO_TEST_CASE(a_host_that_does_not_resolve) {
    scene<over_ssh> at;
    change_remote(at, "    host: ", "    host: no-such-host.invalid\n    connect-timeout: 5");
    check_all_refused(at, {"look up no-such-host.invalid", "(check the host name)"});
}

BOOST_AUTO_TEST_CASE(a_port_that_refuses) {
    scene<over_ssh> at;
    const std::string port = std::to_string(free_port());
    change_remote(at, "    port: ", "    port: " + port);
    check_all_refused(at, {"connect to 127.0.0.1 port " + port,
                           "connection refused (is sshd running there, on this port?)"});
}

BOOST_AUTO_TEST_CASE(a_host_that_never_answers) {
    scene<over_ssh> at;
    const int silent = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    BOOST_REQUIRE(::bind(silent, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                  ::listen(silent, 16) == 0);
    ::getsockname(silent, reinterpret_cast<sockaddr*>(&address), &size);
    const std::string port = std::to_string(ntohs(address.sin_port));
    change_remote(at, "    port: ", "    port: " + port + "\n    connect-timeout: 1");
    const auto began = std::chrono::steady_clock::now();
    check_all_refused(at, {"127.0.0.1 port " + port, "no answer in time"});
    BOOST_TEST((std::chrono::steady_clock::now() - began < std::chrono::seconds(12)));
    ::close(silent);
}

BOOST_AUTO_TEST_CASE(a_key_that_is_not_accepted_is_named) {
    scene<over_ssh> at;
    const std::string other = at.place.server.directory() / "other_key";
    make_key(other);
    change_remote(at, "    private-key: ", "    private-key: " + other);
    check_all_refused(at, {"log in as", "permission denied", other, "authorized_keys"});
}

BOOST_AUTO_TEST_CASE(a_host_key_that_is_not_on_record_is_shown_with_the_cure) {
    scene<over_ssh> at;
    write_file(at.place.server.known_hosts(), "");
    check_all_refused(at, {"is not on record", at.place.server.fingerprint(),
                           "host-keys: accept-new", at.place.server.known_hosts()});
    change_remote(at, "    known-hosts: ",
                  "    host-keys: accept-new\n    known-hosts: " + at.place.server.known_hosts());
    const auto accepted = at.me.run({"runs", "-r", "gpu1"});
    check_says(accepted, 0, {"recorded the ssh-ed25519 key", at.place.server.fingerprint()});
}

BOOST_AUTO_TEST_CASE(a_host_key_that_changed_is_refused_even_where_new_ones_are_accepted) {
    scene<over_ssh> at;
    change_remote(at, "    known-hosts: ",
                  "    host-keys: accept-new\n    known-hosts: " + at.place.server.known_hosts());
    at.place.server.kill();
    at.place.server.change_host_key();
    at.place.server.start();
    check_all_refused(at, {"somebody may be listening in", "ssh-keygen -R",
                           at.place.server.known_hosts() + " line 1"});
}

BOOST_AUTO_TEST_CASE(a_machine_without_python3_says_what_to_install) {
    temporary_directory tools;
    for (const auto& entry : fs::directory_iterator("/usr/bin")) {
        const std::string name = entry.path().filename();
        if (!name.starts_with("python")) {
            std::error_code twice;
            fs::create_symlink(entry.path(), tools.path() / name, twice);
        }
    }
    scene<over_ssh> at(ssh_server_options{.environment = {{"PATH", tools.path()}}});
    const auto refused = at.me.run({"run", "hello", "-r", "gpu1", "-y"});
    check_says(refused, 1, {"outrider: gpu1: ", "no python3 on PATH", "venv-path"});
    BOOST_TEST(names_in(at.place.guild_home() + "/runs").empty());
    BOOST_TEST(temporary_files(at.place.server.home()).empty());
    check_exit(at.me.run({"run", "files", "-r", "gpu1", "-y"}), 0); // which needs none
}

BOOST_AUTO_TEST_CASE(a_program_that_is_not_there_is_named) {
    scene<over_ssh> at;
    at.me.write_project_file("guild.yml", "odd:\n  exec: no-such-program --fast\n");
    const auto refused = at.me.run({"run", "odd", "-r", "gpu1", "-y"});
    check_says(refused, 1, {"outrider: gpu1: ", "no-such-program"});
    BOOST_TEST(names_in(at.place.guild_home() + "/runs").empty());
}

BOOST_AUTO_TEST_CASE(a_home_that_cannot_be_written) {
    scene<over_ssh> at;
    write_file(at.place.guild_home(), "a file where the directory would be");
    const auto refused = at.me.run({"run", "hello", "-r", "gpu1", "-y"});
    check_says(refused, 1, {"outrider: gpu1: ", at.place.guild_home()});
    BOOST_TEST(read_file(at.place.guild_home()) == "a file where the directory would be");
    BOOST_TEST(temporary_files(at.place.server.home()).empty());
    fs::remove(at.place.guild_home());
    check_exit(at.me.run({"run", "hello", "-r", "gpu1", "-y"}), 0);
}

BOOST_AUTO_TEST_CASE(a_home_on_a_file_system_that_is_read_only) {
    scene<over_ssh> at;
    const std::string home = at.place.guild_home();
    fs::create_directories(home);
    const bool mounted =
        ::mount(home.c_str(), home.c_str(), nullptr, MS_BIND, nullptr) == 0 &&
        ::mount(nullptr, home.c_str(), nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr) == 0;
    if (!mounted) {
        BOOST_TEST_MESSAGE("SKIPPED: this user cannot mount");
        return;
    }
    const auto refused = at.me.run({"run", "hello", "-r", "gpu1", "-y"});
    ::umount2(home.c_str(), MNT_DETACH);
    check_says(refused, 1, {"outrider: gpu1: ", home, "Read-only file system"});
    BOOST_TEST(names_in(home).empty());
}

BOOST_AUTO_TEST_CASE(a_remote_disk_that_is_full) {
    scene<over_ssh> at;
    const small_disk disk(at.place.server.home());
    if (!disk.mounted) {
        return;
    }
    check_exit(at.me.run({"run", "hello", "-r", "gpu1", "-y"}), 0);
    disk.fill(0);
    const auto refused = at.me.run({"run", "hello", "-r", "gpu1", "-y"});
    check_says(refused, 1, {"outrider: gpu1: ", "No space left on device"});
    BOOST_TEST(names_in(at.place.guild_home() + "/runs").size() == 1U);
    // The package of another source does not fit either.
    at.me.write_project_file("more.py", "x = 1\n");
    check_says(at.me.run({"run", "hello", "-r", "gpu1", "-y"}), 1, {"outrider: gpu1: ", "space"});
    check_exit(at.me.run({"runs", "-r", "gpu1"}), 0);
    disk.empty();
    BOOST_TEST(temporary_files(at.place.server.home()).empty());
    check_exit(at.me.run({"run", "hello", "-r", "gpu1", "-y"}), 0);
    BOOST_TEST(names_in(at.place.guild_home() + "/runs").size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_local_disk_that_is_full_leaves_the_copies_as_they_were) {
    scene<over_ssh> at;
    const small_disk disk(at.me.guild_home());
    if (!disk.mounted) {
        return;
    }
    check_exit(at.me.run({"run", "files", "-r", "gpu1", "-y"}), 0);
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    check_exit(at.me.run({"run", "files", "-r", "gpu1", "-y"}), 0);
    disk.fill(100'000); // one file of the run has 300,000 bytes
    const auto refused = at.me.run({"pull", "gpu1", "-y"});
    check_says(refused, 1, {"space"});
    BOOST_TEST(count_of("completed", at.me.run({"runs"}).out) == 1);
    disk.empty();
    check_exit(at.me.run({"pull", "gpu1", "-y"}), 0);
    BOOST_TEST(count_of("completed", at.me.run({"runs"}).out) == 2);
    BOOST_TEST(temporary_files(at.me.guild_home()).empty());
}

BOOST_AUTO_TEST_SUITE_END()
