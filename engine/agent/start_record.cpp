#include "engine/agent/start_record.hpp"

#include "engine/protocol/described_json.hpp"
#include "engine/runs/small_file.hpp"

namespace outrider::agent {

result<> write_start_record(const run_paths& run, const start_record& record) {
    return write_new_file(run.start_record(), protocol::encode(record) + "\n");
}

result<start_record> read_start_record(const run_paths& run) {
    const auto text = read_small_file(run.start_record(), std::size_t{8} << 20);
    if (!text) {
        return failure(errc::not_found, run.start_record().string() + " cannot be read");
    }
    return protocol::decode<start_record>(*text);
}

} // namespace outrider::agent
