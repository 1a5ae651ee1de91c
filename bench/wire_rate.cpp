// How fast is the wire itself: how long does `cat FILE` on a remote take to reach this process,
// over our SSH, when nobody looks at the bytes? What a pull of FILE takes longer is the agents'
// doing.
//
//     bench_wire_rate REMOTE FILE
//
// REMOTE is of the configuration named by GUILD_CONFIG, of type ssh.
#include "bench/many_links.hpp"

#include <spdlog/spdlog.h>

#include <string>
#include <vector>

using namespace outrider;

namespace {

class bench {
  public:
    bench(std::string name, std::string file) : name_(std::move(name)), file_(std::move(file)) {}

    awaitable<void> run() {
        auto transport = make_ssh_transport();
        const auto context = context_of_this_process();
        const auto settings = load_config({.directory = "/", .environment = context.environment});
        const auto to = find_remote(settings.value(), remote_types({&transport->type()}), name_);
        auto wire = co_await transport->connect(to.value(), context);
        auto shell = co_await wire.value()->open_shell();
        auto& stream = *shell.value();
        (co_await stream.write("exec cat '" + file_ + "'\n")).value();
        std::vector<char> buffer(std::size_t{1} << 20);
        std::size_t all = 0;
        for (;;) {
            const auto got = (co_await stream.read_some(buffer)).value();
            if (got == 0) {
                break;
            }
            all += got;
        }
        fmt::print("{} bytes\n", all);
        co_await stream.close();
        co_await (*wire)->close();
        co_await transport->close();
    }

  private:
    std::string name_;
    std::string file_;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        fmt::print(stderr, "bench_wire_rate REMOTE FILE\n");
        return 1;
    }
    spdlog::set_level(spdlog::level::warn);
    asio::io_context reactor(1);
    bench one(argv[1], argv[2]);
    run_to_end(reactor, one);
    return 0;
}
