#include "api/auth.h"

#include <utility>

#include "api/credentials.h"
#include "api/problem.h"

namespace salvor::api {
namespace {

// More keys than an organisation has; beyond it the memory starts anew.
constexpr std::size_t kRememberedMax = 1024;
constexpr std::size_t kTokenLengthMax = 255;

Error unknown_caller() { return refusal(401, kCredentialsText); }

}  // namespace

Result<Caller> Auth::admit(Context& context, const http::Headers& headers) {
  const std::string token = presented_token(headers);
  if (token.empty() || token.size() > kTokenLengthMax) return unknown_caller();

  const std::string hash = key_hash(token);
  const SteadyTime now = context.clock.steady();
  Recall recalled = recall(hash, now);
  if (recalled.caller) return *std::move(recalled.caller);

  catalog::Query query;
  query.filter = schema::equals("hash", hash);
  query.limit = 1;
  query.count_total = false;
  TRY(const catalog::Page found, catalog_.find(context, "apikeys", query));
  if (found.documents.empty()) return unknown_caller();

  const catalog::Document& key = found.documents.front();
  Caller caller{.key_id = key.id, .is_admin = text_at(key.body(), "org_role") == "ADMIN"};
  remember(hash, {caller, now + kRememberedFor}, recalled.generation);
  return caller;
}

Auth::Recall Auth::recall(const std::string& hash, SteadyTime now) {
  const std::lock_guard lock(mutex_);
  const auto found = remembered_.find(hash);
  if (found == remembered_.end() || found->second.until <= now) return {{}, generation_};
  return {found->second.caller, generation_};
}

void Auth::remember(const std::string& hash, Remembered what, std::uint64_t generation) {
  const std::lock_guard lock(mutex_);
  if (generation != generation_) return;
  if (remembered_.size() >= kRememberedMax) remembered_.clear();
  remembered_.insert_or_assign(hash, std::move(what));
}

void Auth::forget() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  remembered_.clear();
}

}  // namespace salvor::api
