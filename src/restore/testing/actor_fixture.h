// One actor before a fake cluster, on a clock on which waiting takes no time.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "kube/status.h"
#include "kube/testing/fake_cluster.h"
#include "kube/testing/instant_clock.h"
#include "restore/actor.h"
#include "restore/step_loop.h"
#include "restore/testing/objects.h"
#include "restore/testing/seeded_runner.h"

namespace salvor::restore::testing {

inline Error refused(int status, const std::string& message) {
  return kube::to_error({.code = status, .message = message}, kube::Access::read);
}

// Keeps what is noted to itself.
class NoSink final : public OutcomeSink {
 public:
  Result<void> note(const Step&, const Outcome&) override { return {}; }
  Result<void> flush() override { return {}; }
};

class ActorFixture : public ::testing::Test {
 protected:
  static constexpr const char* kJob = "job";
  static constexpr const char* kManager = "salvor-job";

  explicit ActorFixture(kube::Controllers controllers = kube::Controllers::immediate)
      : cluster(clock, {.controllers = controllers}) {
    cluster.seed(object("v1", "Namespace", "", "shop"));
    cluster.settle();
  }

  // The step that makes the object.
  Step step_of(const Json& object, Action action = Action::create) {
    const archive::ItemName name = name_of(object);
    Step step;
    step.source = {name.group_resource, name.namespace_name, name.name};
    step.target_namespace = name.namespace_name;
    step.target_name = name.name;
    step.action = action;
    const std::string api_version = text_at(object, "apiVersion");
    const auto discovery = cluster.discover(context);
    const kube::ResourceType* served = discovery->find_kind(api_version, text_at(object, "kind"));
    const std::size_t dot = name.group_resource.find('.');
    step.type =
        served != nullptr
            ? *served
            : kube::ResourceType{name.group_resource.substr(dot + 1), name.version,
                                 name.group_resource.substr(0, dot),  text_at(object, "kind"),
                                 !name.namespace_name.empty(),        {}};
    return step;
  }

  Outcome act(const Json& object, Action action = Action::create) {
    const Step step = step_of(object, action);
    requests_before_ = cluster.request_count();
    return actor.act(context, step, object, {});
  }
  // The same, tried again as a restore does.
  Outcome in_the_end(const Json& object, Action action = Action::create) {
    Plan plan;
    plan.steps = {step_of(object, action)};
    std::vector<Outcome> outcomes(1);
    SeededRunner runner(1, 1);
    NoSink sink;
    StepLoop loop(context, plan, outcomes, runner, sink, actor.patience(), 1);
    const auto work = [&](const Step& step) {
      return [this, &step, object] { return actor.act(context, step, object, {}); };
    };
    EXPECT_TRUE(loop.run(work).ok());
    return outcomes.at(0);
  }
  // Requests since act() began.
  std::size_t requests() const { return cluster.request_count() - requests_before_; }

  std::optional<Json> live(const Json& object) const {
    const archive::ItemName name = name_of(object);
    return cluster.peek(name.group_resource, {name.namespace_name, name.name});
  }

  // Answers `times` requests of the verb with the error instead of acting.
  void refuse(kube::Verb verb, const Error& failure, unsigned times) {
    cluster.on_request([=, left = times](const kube::FakeRequest& request) mutable -> Result<void> {
      if (request.verb != verb || left == 0) return {};
      --left;
      return failure;
    });
  }
  // Calls `happening` before the n-th request of that verb and kind acts, which counts from 1.
  void before_request(kube::Verb verb, const std::string& group_resource, unsigned n,
                      std::function<void()> happening) {
    cluster.on_request([=, seen = 0U](const kube::FakeRequest& request) mutable -> Result<void> {
      const bool matches = request.verb == verb && request.group_resource == group_resource;
      if (matches && ++seen == n) happening();
      return {};
    });
  }

  kube::InstantClock clock;
  Context context{clock, null_log(), {}, {}};
  kube::FakeCluster cluster;
  Actor actor{cluster, {}, kJob, {}};

 private:
  std::size_t requests_before_ = 0;
};

}  // namespace salvor::restore::testing
