#include "catalog/internal/totals.h"

namespace salvor::catalog {
namespace {

constexpr std::size_t kTotalsMax = 256;
constexpr std::size_t kQuestionBytesMax = 2048;

// What tells one question from all others; "" for one that is not to be kept. Each value is
// preceded by its length, so that no two lists of values look alike.
std::string key_of(const std::string& resource, const Sql& where) {
  std::string key = resource + '\n' + where.text;
  for (const SqlValue& value : where.values) {
    std::string text;
    if (const auto* integer = std::get_if<std::int64_t>(&value)) {
      text = std::to_string(*integer);
    } else if (const auto* string = std::get_if<std::string>(&value)) {
      text = "'" + *string;
    } else {
      // A filter is known by its address only, and texts of fractions are not exact.
      return "";
    }
    key += '\n' + std::to_string(text.size()) + ' ' + text;
    if (key.size() > kQuestionBytesMax) return "";
  }
  return key;
}

}  // namespace

std::uint64_t Totals::version(const std::string& resource) const {
  const std::lock_guard lock(mutex_);
  const auto found = versions_.find(resource);
  return found == versions_.end() ? 0 : found->second;
}

void Totals::written(const std::string& resource) {
  const std::lock_guard lock(mutex_);
  ++versions_[resource];
}

std::optional<std::uint64_t> Totals::find(const std::string& resource, const Sql& where,
                                          std::uint64_t version) const {
  const std::string key = key_of(resource, where);
  const std::lock_guard lock(mutex_);
  const auto found = totals_.find(key);
  if (found == totals_.end() || found->second.version != version) return std::nullopt;
  return found->second.total;
}

void Totals::keep(const std::string& resource, const Sql& where, std::uint64_t version,
                  std::uint64_t total) {
  const std::string key = key_of(resource, where);
  if (key.empty()) return;
  const std::lock_guard lock(mutex_);
  if (totals_.size() >= kTotalsMax) totals_.clear();
  totals_[key] = {version, total};
}

}  // namespace salvor::catalog
