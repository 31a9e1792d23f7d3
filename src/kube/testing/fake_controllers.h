// The control loops of a fake cluster, each one round at a time: namespaces, custom resource
// definitions, volumes, workloads, garbage. A real cluster runs them all the time and side by side;
// the fake runs them when told to, in a fixed order, so that a test owns the interleaving.
#pragma once

#include "kube/testing/fake_state.h"

namespace salvor::kube {

enum class Workloads { idle, running };

// One round of all. True if anything changed, so that another round may change more.
bool step_controllers(FakeState& state, Workloads workloads);

// New namespaces get their ServiceAccount and kube-root-ca.crt, dying ones lose their contents, and
// a round later themselves.
bool step_namespaces(FakeState& state);
// New definitions are established and served; dying ones lose their objects.
bool step_definitions(FakeState& state);
// Claims that name a free volume, and volumes that name a claim, are bound to each other.
bool step_volumes(FakeState& state);
// Deployments make ReplicaSets, those and StatefulSets make Pods, adopting what fits; Pods run.
bool step_workloads(FakeState& state);

}  // namespace salvor::kube
