// One backup from a cluster into an archive: what is listed, in which order, and what is kept.
#pragma once

#include <functional>

#include "archive/writer.h"
#include "backup/collection.h"
#include "backup/selection.h"
#include "base/context.h"
#include "kube/api.h"

namespace salvor::backup {

// Told after each page how many objects are written; its error ends the backup.
using Progress = std::function<Result<void>(std::uint64_t items)>;

// Streams the selected objects of the cluster into the archive: first the namespaced ones, then
// the cluster-scoped ones, all of them or those that the first cannot do without, then copies of
// both in each further version that the cluster serves them in, listed a moment later, for a target
// that does not serve the preferred one. The archive is not finished here. What only makes the
// backup incomplete (a type that may not be listed, an aggregated API that is down, a namespace
// that does not exist) comes back as problems; an error means that there is no backup: the cluster
// is out of reach, refuses everything, has none of the namespaces, or the archive cannot be
// written.
Result<Collection> execute(Context& context, kube::Api& api, const Selection& selection,
                           archive::Writer& writer, const Progress& progress);

}  // namespace salvor::backup
