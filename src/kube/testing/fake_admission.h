// What the API server does to an object between a request and its storage: checks, system fields,
// defaults. For the fake; the conformance suite holds it to the real server's answers.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"
#include "kube/api.h"
#include "kube/testing/fake_state.h"

namespace salvor::kube {

// The object as it would be stored. Fails as the API server does: 400 for a body that contradicts
// its address, 404 and 403 for the namespace, 422 for what no cluster takes, 409 when it exists.
Result<Json> admit_create(FakeState& state, const FakeKind& kind, const std::string& namespace_name,
                          const std::string& body, const WriteOptions& options);

// The same for a patched object: system fields are put back, immutable fields are guarded.
// Equal to `before` when the patch changes nothing, so that nothing is stored.
Result<Json> admit_update(FakeState& state, const FakeKind& kind, const Json& before, Json after,
                          const WriteOptions& options);

// The API server's defaults and references of single kinds (a Service's cluster IP, a Pod's service
// account, a Job's selector …), applied to an object that is about to be created.
Result<void> fill_in(FakeState& state, const FakeKind& kind, Json& object);

// Whether a field that cannot change has changed: 422 then.
Result<void> guard_immutable(const FakeKind& kind, const Json& before, const Json& after);

// Notes in metadata.managedFields who wrote what and when.
void note_manager(Json& object, const std::string& manager, const std::string& time,
                  const std::string& subresource = "");

}  // namespace salvor::kube
