#include "tests/fuzz/entry_points.hpp"

#include "engine/scalars/event_message.hpp"
#include "engine/scalars/event_records.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace outrider::fuzz {

using namespace std::literals;

namespace {

const std::string& event_seed() {
    static const std::string seed = scalar_event(1.5, {.tag = "loss", .step = 300, .value = 0.5});
    return seed;
}

const std::string& event_file_seed() {
    static const std::string seed = [] {
        std::string out;
        append_event_record(out, file_version_event(1.5));
        append_event_record(out, event_seed());
        return out;
    }();
    return seed;
}

} // namespace

const std::vector<entry_point>& entry_points() {
    static const std::vector<entry_point> all{
        {"frames",
         frames,
         {"\0\0\0\x05\x01\0\0\0\x07hello\0\0\0\0\x06\0\0\0\x07"sv, "\0\x40\0\0\x03\0\0\0\x01x"sv}},
        {"messages",
         messages,
         {R"({"version":1,"build":"b","machine":{"home":"/h","pid":3}})"sv,
          R"({"home":".guild","run_id":"ab","offset":7,"attributes":["label"]})"sv,
          R"({"runs":[{"id":"ab","attributes":{"exit_status":"0\n"},"operation":"gone"}]})"sv,
          R"({"entry":{"path":"a/b","type":"regular","size":4,"mode":420,"target":""}})"sv,
          R"({"code":"no_space","context":"disk full"})"sv}},
        {"packets",
         packets,
         {"nBE0\0\4.dir\2\1E0\4\2/f\2\1\5E2\0\1l\2\1\1tZ\1\5state"sv,
          "o\0000\0\1f\2\1\5\1\0\0011\0\1d\2\1\0\0"sv,
          "cH\1\5\2\1K\0\3Z\3\2T\5\0sixteen bytes...M\2W\3\2\1\0sixteen bytes...\4dataB\7block"sv,
          "s\1\0\20sixteen bytes...\1\5"sv, "g\xff\x01"sv, "a\1\2\3"sv}},
        {"known_hosts",
         known_hosts,
         {"host,[h]:22 ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA\n# c\n@revoked * ssh-rsa AAAA x\n"sv,
          "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-rsa AAAAB3Nz\n"sv}},
        {"user_config",
         user_config,
         {"user me\nhostname 10.0.0.1\nport 2222\nidentityfile ~/.ssh/id\nproxyjump a@b:3,c\n"
          "stricthostkeychecking ask\nuserknownhostsfile /a \"/b c\"\nconnecttimeout 7\n"sv}},
        {"yaml",
         yaml,
         {"a: {b: [1, 2.5, yes], c: 'x'}\nd: |\n  text\n  more\n"sv,
          "- !!str 012\n- 1:30\n- ~\n- \"\\x41\\n\"\n- &x {k: v}\n- *x\n"sv,
          "seconds: 1e-3\n? long key\n: >\n  folded\n  text\n"sv}},
        {"words",
         words,
         {"guildfile:/abs/guild.yml 2bff '' sleep"sv, "a 'b c' \"d\\\"e\" f\\ g"sv,
          "ssh:me@[::1]:22:/env"sv, "1:3"sv, "ab"sv, "s a.py 0a a.py\nd 'x y' - file:x\n"sv,
          "2026-01-31 12:30:00Z"sv, "1.5h"sv, "- body: a\n  host: h\n  time: 1\n  user: ''\n"sv}},
        {"event_files", event_files, {event_file_seed(), event_seed()}},
        {"patterns",
         patterns,
         {"^([^ \\t]+):\\s+([+-]?\\d+\\.?\\d*)(?:\\s+\\(step\\s+(?P<step>\\d+)\\))?$\nloss: 0.5 (step 3)"sv,
          "(?i)[a-z_]{1,5}=(.*?)\\b|x+?\nLR=0.1 b"sv}},
        {"api",
         api,
         {R"({"command":"list","arguments":{"limit":3,"selection":{"filter":{"states":["error"]}}}})"sv,
          R"({"command":"cat","context":{"directory":"/d","environment":{"A":"b"}}})"sv,
          R"({"event":"output_bytes","remote":"g","data":{"bytes":"data:application/octet-stream;base64,/w=="}})"sv,
          R"({"event":"question","id":1,"data":{"kind":"secret","text":"?"}})"sv,
          R"({"event":"command_ended","data":{"error":{"code":"no_space","message":"x"}}})"sv}},
        {"targets", targets, {"/v1/runs/3f%2F/output?from=1&to=2&remote=a,b+c"sv}},
        {"replies",
         replies,
         {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"sv,
          "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\n{}"sv}},
    };
    return all;
}

void require(bool holds, const char* promise) {
    if (!holds) {
        std::fprintf(stderr, "broken promise: %s\n", promise);
        std::abort();
    }
}

} // namespace outrider::fuzz
