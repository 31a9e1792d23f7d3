// Writes of objects that carry one of our marks. Each comes to the same however often it is done,
// so a job that died goes on by doing it again.
#pragma once

#include <string>

#include "base/context.h"
#include "kube/api.h"
#include "volume/marks.h"

namespace salvor::volume {

// Makes the object, or finds it there from before; returns it as it is. Fails with conflict when
// the one of that name does not carry the mark.
Result<Json> ensure(Context& context, kube::Api& api, const kube::ResourceType& type,
                    const Json& object, const Mark& mark);

// Removing what is not there is no error.
Result<void> drop(Context& context, kube::Api& api, const kube::ResourceType& type,
                  const kube::ObjectKey& key);

kube::ObjectKey key_of(const Json& object);

}  // namespace salvor::volume
