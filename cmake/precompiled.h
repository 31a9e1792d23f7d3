// What nearly every source includes and what costs most to read. Compiled once; sources still include
// what they use, which the fuzz preset proves by building without this.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

// Its members are compiled once, in src/base/json_instance.cc: they cost more than most sources.
extern template class nlohmann::basic_json<>;
