// Deletion as the API server and the garbage collector do it: preconditions, finalizers,
// propagation, owners. For the fake.
#pragma once

#include "kube/testing/fake_state.h"

namespace salvor::kube {

// Begins or completes a deletion: without finalizers the object is gone, else it is marked as dying
// and waits for them. Fails with not_found, 409 for preconditions, 403 for what must stay.
Result<void> delete_object(FakeState& state, const FakeKind& kind, const ObjectKey& key,
                           const RemoveOptions& options);

// Erases a dying object whose last finalizer is gone; true if it did.
bool finish_deletion(FakeState& state, const std::string& group_resource, const ObjectKey& key);

// Removes one finalizer and finishes the deletion if that was the last.
void drop_finalizer(FakeState& state, const std::string& group_resource, const ObjectKey& key,
                    const std::string& finalizer);

// One round of the garbage collector: deletes what has lost all its owners, strips lost owners,
// serves the finalizers of foreground and orphaning deletions. True if it changed anything.
bool collect_garbage(FakeState& state);

}  // namespace salvor::kube
