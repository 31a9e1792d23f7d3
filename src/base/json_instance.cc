// The one place where the JSON value's members are compiled; cmake/precompiled.h tells every other
// source not to.
#include <nlohmann/json.hpp>

template class nlohmann::basic_json<>;
