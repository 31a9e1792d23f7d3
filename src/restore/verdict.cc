#include "restore/verdict.h"

#include <charconv>
#include <string>
#include <string_view>

namespace salvor::restore {
namespace {

// "" and 0 match anything; the first row that matches decides.
struct Row {
  ErrorCode code;
  std::string_view status;
  std::string_view text;
  Verdict verdict;
};

// What a webhook, a policy or a quota refuses may be taken once other objects are there or gone.
constexpr PutOff change = PutOff::until_change;
constexpr PutOff later = PutOff::until_later;

// The texts are those of kube-apiserver's admission plugins and registry, which have kept them for
// many versions; a text that changed falls through to the row of its status.
constexpr Row kRows[] = {
    {ErrorCode::cancelled, "", "", {Next::stop, Reason::cancelled}},
    {ErrorCode::unknown_outcome, "", "", {Next::read_back, Reason::unknown_outcome}},
    {ErrorCode::conflict, "", "", {Next::read_back, Reason::conflict}},
    {ErrorCode::denied,
     "403",
     "because it is being terminated",
     {Next::give_up, Reason::namespace_unavailable}},
    {ErrorCode::denied, "403", "exceeded quota", {Next::put_off, Reason::quota_exceeded, change}},
    {ErrorCode::denied,
     "403",
     "status unknown for quota",
     {Next::put_off, Reason::quota_exceeded, later}},
    {ErrorCode::denied,
     "403",
     "error looking up service account",
     {Next::put_off, Reason::forbidden, later}},
    {ErrorCode::denied,
     "403",
     "no PriorityClass with name",
     {Next::give_up, Reason::admission_refused}},
    {ErrorCode::denied, "403", "pod rejected", {Next::give_up, Reason::admission_refused}},
    {ErrorCode::denied, "403", " usage per ", {Next::give_up, Reason::admission_refused}},
    {ErrorCode::denied, "403", "PodSecurity", {Next::give_up, Reason::admission_refused}},
    {ErrorCode::denied,
     "",
     "admission webhook",
     {Next::put_off, Reason::admission_refused, change}},
    {ErrorCode::denied,
     "",
     "ValidatingAdmissionPolicy",
     {Next::put_off, Reason::admission_refused, change}},
    {ErrorCode::denied, "", "", {Next::give_up, Reason::forbidden}},
    {ErrorCode::invalid,
     "",
     "admission webhook",
     {Next::put_off, Reason::admission_refused, change}},
    {ErrorCode::invalid,
     "",
     "ValidatingAdmissionPolicy",
     {Next::put_off, Reason::admission_refused, change}},
    {ErrorCode::invalid, "413", "", {Next::give_up, Reason::too_large}},
    {ErrorCode::invalid, "", "", {Next::give_up, Reason::invalid}},
    {ErrorCode::not_found,
     "404",
     "namespaces \"",
     {Next::put_off, Reason::namespace_unavailable, later}},
    {ErrorCode::not_found, "", "", {Next::put_off, Reason::definition_not_served, later}},
    {ErrorCode::unavailable,
     "",
     "failed calling webhook",
     {Next::put_off, Reason::admission_refused, later}},
    {ErrorCode::unavailable, "", "", {Next::put_off, Reason::unreachable, later}},
    {ErrorCode::exhausted, "413", "", {Next::give_up, Reason::too_large}},
    {ErrorCode::exhausted, "", "", {Next::give_up, Reason::unreachable}},
    {ErrorCode::corrupt, "", "", {Next::read_back, Reason::unknown_outcome}},
    {ErrorCode::bug, "", "", {Next::give_up, Reason::invalid}},
};

bool matches(const Row& row, const Error& failure) {
  if (row.code != failure.code) return false;
  if (!row.status.empty() && row.status != failure.fact("http_status")) return false;
  return row.text.empty() || failure.message.find(row.text) != std::string::npos;
}

}  // namespace

Verdict judge(const Error& failure) {
  for (const Row& row : kRows) {
    if (matches(row, failure)) return row.verdict;
  }
  check_failed("a verdict for every error code", __FILE__, __LINE__);
}

int http_status_in(const Error& failure) {
  const std::string text = failure.fact("http_status");
  int status = 0;
  std::from_chars(text.data(), text.data() + text.size(), status);
  return status;
}

}  // namespace salvor::restore
