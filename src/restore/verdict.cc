#include "restore/verdict.h"

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
    {ErrorCode::denied, "403", "exceeded quota", {Next::give_up, Reason::quota_exceeded}},
    {ErrorCode::denied,
     "403",
     "status unknown for quota",
     {Next::try_again, Reason::quota_exceeded}},
    {ErrorCode::denied,
     "403",
     "error looking up service account",
     {Next::try_again, Reason::forbidden}},
    {ErrorCode::denied,
     "403",
     "no PriorityClass with name",
     {Next::give_up, Reason::admission_refused}},
    {ErrorCode::denied, "403", "PodSecurity", {Next::give_up, Reason::admission_refused}},
    {ErrorCode::denied, "", "admission webhook", {Next::give_up, Reason::admission_refused}},
    {ErrorCode::denied,
     "",
     "ValidatingAdmissionPolicy",
     {Next::give_up, Reason::admission_refused}},
    {ErrorCode::denied, "", "", {Next::give_up, Reason::forbidden}},
    {ErrorCode::invalid, "", "admission webhook", {Next::give_up, Reason::admission_refused}},
    {ErrorCode::invalid,
     "",
     "ValidatingAdmissionPolicy",
     {Next::give_up, Reason::admission_refused}},
    {ErrorCode::invalid, "413", "", {Next::give_up, Reason::too_large}},
    {ErrorCode::invalid, "", "", {Next::give_up, Reason::invalid}},
    {ErrorCode::not_found,
     "404",
     "namespaces \"",
     {Next::try_again, Reason::namespace_unavailable}},
    {ErrorCode::not_found, "", "", {Next::try_again, Reason::definition_not_served}},
    {ErrorCode::unavailable,
     "",
     "failed calling webhook",
     {Next::try_again, Reason::admission_refused}},
    {ErrorCode::unavailable, "", "", {Next::try_again, Reason::unreachable}},
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

}  // namespace salvor::restore
