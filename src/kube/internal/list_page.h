// The body of a list's answer as a ListPage.
#pragma once

#include <string_view>

#include "base/result.h"
#include "kube/api.h"

namespace salvor::kube {

// Cuts the items out of the body and fills in apiVersion and kind where they are missing. Fails
// with corrupt when the body is no list.
Result<ListPage> read_list_page(std::string_view body, const ResourceType& type);

}  // namespace salvor::kube
