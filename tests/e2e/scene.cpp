#include "tests/e2e/scene.hpp"

#include <algorithm>
#include <regex>

namespace outrider::testing {
namespace {

constexpr const char* guild_file = R"(hello:
  description: Says something
  main: hello
  flags-import: no
  flags:
    msg: hi
    times:
      default: 1
      type: int
    mood:
      default: calm
      choices: [calm, loud]
gate:
  exec: sh gate.sh ${file}
  flags-import: no
  flags:
    file:
      required: yes
fail:
  exec: sh -c "echo broken >&2; exit 3"
family:
  exec: sh family.sh
deaf:
  exec: sh -c "trap '' TERM; echo deaf; while true; do sleep 0.1; done"
lines:
  exec: python3 -u lines.py ${count} ${pause}
  flags-import: no
  flags:
    count: 5000
    pause: 0.0
files:
  exec: sh files.sh
)";

constexpr const char* hello = R"(import argparse
p = argparse.ArgumentParser()
for name in ("msg", "times", "mood"):
    p.add_argument("--" + name)
args = p.parse_args()
for i in range(int(args.times)):
    print(args.msg.upper() if args.mood == "loud" else args.msg)
)";

constexpr const char* gate = R"(echo waiting
while [ ! -e "$1" ]; do sleep 0.05; done
echo passed
)";

// A child in the group, one in a session of its own, and a child of a child.
constexpr const char* family = R"(sleep 987654 &
setsid sleep 987654 &
sh -c 'sleep 987654; :' &
echo born
wait
)";

constexpr const char* lines = R"(import sys, time
for i in range(int(sys.argv[1])):
    print("line %06d" % i)
    if float(sys.argv[2]):
        time.sleep(float(sys.argv[2]))
)";

constexpr const char* files = R"(mkdir -p deep/er empty
echo content > deep/er/file
printf '' > nothing
ln -s deep/er/file link
ln -s /nonexistent/far/away dangling
printf 'a b' > 'with blank'
head -c 300000 /dev/urandom > large
chmod 755 nothing
touch -d '2001-02-03 04:05:06 UTC' deep/er/file
echo .hidden > .hidden
)";

} // namespace

std::string over_ssh::config() const {
    return "    type: ssh\n    host: 127.0.0.1\n    port: " + std::to_string(server.port()) +
           "\n    user: " + ssh_server::user() + "\n    private-key: " + server.user_key() +
           "\n    known-hosts: " + server.known_hosts() + "\n    ssh-config: none\n";
}

void write_test_project(const outrider_program& person) {
    person.write_project_file("guild.yml", guild_file);
    person.write_project_file("hello.py", hello);
    person.write_project_file("gate.sh", gate);
    person.write_project_file("family.sh", family);
    person.write_project_file("lines.py", lines);
    person.write_project_file("files.sh", files);
}

std::string run_id_in(const std::string& text) {
    static const std::regex id("[0-9a-f]{32}");
    std::smatch found;
    const bool any = std::regex_search(text, found, id);
    BOOST_REQUIRE_MESSAGE(any, "no run id in: " + text);
    return found.str();
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

int count_of(const std::string& part, const std::string& text) {
    int count = 0;
    for (auto at = text.find(part); at != text.npos; at = text.find(part, at + part.size())) {
        ++count;
    }
    return count;
}

std::vector<std::string> names_in(const std::string& directory) {
    std::vector<std::string> names;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(directory, none)) {
        names.push_back(entry.path().filename());
    }
    std::ranges::sort(names);
    return names;
}

void check_exit(const program_result& ended, int code) {
    BOOST_REQUIRE_MESSAGE(ended.exit_code == code, "exit code " + std::to_string(ended.exit_code) +
                                                       ", standard output:\n" + ended.out +
                                                       "standard error:\n" + ended.err);
}

void check_says(const program_result& ended, int code, const std::vector<std::string>& parts) {
    BOOST_TEST_CONTEXT("exit code " << ended.exit_code << ", standard error:\n" << ended.err) {
        BOOST_TEST(ended.exit_code == code);
        for (const auto& part : parts) {
            BOOST_TEST(has(ended.err, part), "it does not say: " + part);
        }
    }
}

} // namespace outrider::testing
