#include "engine/agent/destination.hpp"
#include "engine/agent/file_intake.hpp"
#include "engine/agent/jobs.hpp"
#include "engine/agent/run_place.hpp"

namespace outrider::agent {
namespace {

class receive_files_job final : public job {
  public:
    receive_files_job(const agent_context& context, protocol::receive_files request,
                      reply_channel channel)
        : channel_(channel) {
        if (auto opened = open(context, request); !opened) {
            failed_ = opened.error();
        }
    }

    std::optional<job_wait> advance() override {
        if (failed_) {
            channel_.fail(*failed_);
            return std::nullopt;
        }
        if (!ended_) {
            job_wait wait;
            wait.input = true;
            return wait;
        }
        channel_.reply(totals_);
        return std::nullopt;
    }

    void on_part(std::string_view type, const protocol::json::value& body) override {
        if (failed_ || ended_) {
            return;
        }
        if (auto taken = take(type, body); !taken) {
            fail(taken.error());
        }
    }

    void on_data(std::string_view bytes) override {
        if (failed_ || ended_ || !intake_) {
            return;
        }
        if (auto taken = intake_->data(bytes); !taken) {
            fail(taken.error());
        }
    }

    void cancel() override {
        if (!ended_) {
            fail({errc::cancelled, "the transfer was cancelled"});
        }
    }

  private:
    result<> open(const agent_context& context, const protocol::receive_files& request) {
        if (!request.package.empty()) {
            auto present = has_package(context, request.package);
            if (!present) {
                return present.error();
            }
            if (*present) {
                return {}; // the stream is read to its end and dropped
            }
        }
        auto opened = open_destination(context, request);
        if (!opened) {
            return opened.error();
        }
        destination_ = std::move(*opened);
        intake_.emplace(destination_->root(), destination_->incoming());
        return {};
    }

    result<> take(std::string_view type, const protocol::json::value& body) {
        if (type == protocol::files_end::name) {
            return finish();
        }
        if (!intake_) {
            return {};
        }
        if (type == protocol::file_head::name) {
            protocol::file_head head;
            return protocol::from_json(body, head) ? intake_->head(std::move(head.entry))
                                                   : malformed(type);
        }
        protocol::file_end end;
        if (type != protocol::file_end::name || !protocol::from_json(body, end)) {
            return malformed(type);
        }
        return intake_->end(end);
    }

    static result<> malformed(std::string_view type) {
        return failure(errc::protocol_violation,
                       "a part '" + std::string(type) + "' of a stream of files is malformed");
    }

    result<> finish() {
        if (intake_) {
            auto totals = intake_->finish();
            if (!totals) {
                return totals.error();
            }
            totals_ = *totals;
            if (auto visible = destination_->publish(); !visible) {
                return visible;
            }
        }
        release();
        ended_ = true;
        return {};
    }

    void fail(failure what) {
        failed_ = std::move(what);
        release();
    }

    // The intake removes its temporary file, then the destination what is around it.
    void release() {
        intake_.reset();
        destination_.reset();
    }

    reply_channel channel_;
    std::unique_ptr<destination> destination_;
    std::optional<file_intake> intake_; // nothing: the package is there already
    std::optional<failure> failed_;
    protocol::receive_reply totals_;
    bool ended_ = false;
};

} // namespace

std::unique_ptr<job> make_receive_files_job(const agent_context& context,
                                            protocol::receive_files request,
                                            reply_channel channel) {
    return std::make_unique<receive_files_job>(context, std::move(request), channel);
}

} // namespace outrider::agent
