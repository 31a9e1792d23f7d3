#include "cli/work_line.h"

namespace salvor::cli {
namespace {

constexpr std::chrono::milliseconds kRedraw{250};

}  // namespace

WorkLine::WorkLine(Session& session, std::string doing)
    : doing_(std::move(doing)), view_(session.io(), session.err_style()) {
  if (session.io().err_audience != Audience::terminal) return;
  drawer_ = std::jthread([this, &clock = session.io().clock](const std::stop_token& done) {
    while (clock.wait_for(kRedraw, done)) {
      view_.show({.state = doing_,
                  .done = static_cast<std::int64_t>(progress_.bytes.load()),
                  .total = static_cast<std::int64_t>(progress_.total_bytes.load()),
                  .unit = Unit::bytes});
    }
  });
}

WorkLine::~WorkLine() {
  drawer_ = {};
  view_.finish();
}

}  // namespace salvor::cli
