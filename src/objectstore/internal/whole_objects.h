// Objects as whole strings, for what checks a store.
#pragma once

#include <string>
#include <vector>

#include "objectstore/store.h"

namespace salvor::objectstore::internal {

Result<void> put_whole(Context& context, Store& store, const std::string& name,
                       const std::string& bytes);
Result<std::string> get_whole(Context& context, Store& store, const std::string& name);
Result<std::vector<std::string>> list_names(Context& context, Store& store,
                                            const std::string& prefix);
// Whether an object of that name is there.
Result<bool> is_there(Context& context, Store& store, const std::string& name);

}  // namespace salvor::objectstore::internal
