#include "restore/verdict.h"

#include <gtest/gtest.h>

#include "kube/status.h"

namespace salvor::restore {
namespace {

struct Case {
  Error failure;
  Next next;
  Reason reason;
};

Error refused(int status, const std::string& message) {
  return kube::to_error({.code = status, .message = message}, kube::Access::write);
}

const std::vector<Case> kCases = {
    {error(ErrorCode::cancelled, "stopped on request"), Next::stop, Reason::cancelled},
    {error(ErrorCode::unknown_outcome, "the connection broke"), Next::read_back,
     Reason::unknown_outcome},
    {refused(504, "timeout"), Next::read_back, Reason::unknown_outcome},
    {refused(409, "secrets \"a\" already exists"), Next::read_back, Reason::conflict},
    {refused(403,
             "secrets \"a\" is forbidden: unable to create new content in namespace shop "
             "because it is being terminated"),
     Next::give_up, Reason::namespace_unavailable},
    {refused(403, "pods \"a\" is forbidden: exceeded quota: compute, requested: pods=1"),
     Next::put_off, Reason::quota_exceeded},
    {refused(403, "pods \"a\" is forbidden: status unknown for quota: compute"), Next::put_off,
     Reason::quota_exceeded},
    {refused(403, "pods \"a\" is forbidden: error looking up service account shop/default"),
     Next::put_off, Reason::forbidden},
    {refused(403, "pods \"a\" is forbidden: no PriorityClass with name high was found"),
     Next::give_up, Reason::admission_refused},
    {refused(403, "pods \"a\" is forbidden: pod rejected: RuntimeClass \"x\" not found"),
     Next::give_up, Reason::admission_refused},
    {refused(403, "pods \"a\" is forbidden: maximum cpu usage per Container is 1, but limit is 2"),
     Next::give_up, Reason::admission_refused},
    {refused(403, "pods \"a\" is forbidden: violates PodSecurity \"restricted:latest\""),
     Next::give_up, Reason::admission_refused},
    {refused(403, "admission webhook \"w.example.com\" denied the request: no"), Next::put_off,
     Reason::admission_refused},
    {refused(403, "ValidatingAdmissionPolicy 'p' denied request"), Next::put_off,
     Reason::admission_refused},
    {refused(403, "User \"salvor\" cannot create resource \"secrets\""), Next::give_up,
     Reason::forbidden},
    {refused(401, "Unauthorized"), Next::give_up, Reason::forbidden},
    {refused(400, "admission webhook \"w.example.com\" denied the request"), Next::put_off,
     Reason::admission_refused},
    {refused(422, "ValidatingAdmissionPolicy 'p' with binding 'b' denied request"), Next::put_off,
     Reason::admission_refused},
    {refused(422, "Service \"a\" is invalid: spec.ports: Required value"), Next::give_up,
     Reason::invalid},
    {refused(400, "unknown field"), Next::give_up, Reason::invalid},
    {refused(413, "request entity too large"), Next::give_up, Reason::too_large},
    {refused(404, "namespaces \"shop\" not found"), Next::put_off, Reason::namespace_unavailable},
    {refused(404, "the server could not find the requested resource"), Next::put_off,
     Reason::definition_not_served},
    {refused(500, "Internal error occurred: failed calling webhook \"w.example.com\""),
     Next::put_off, Reason::admission_refused},
    {refused(500, "etcdserver: leader changed"), Next::put_off, Reason::unreachable},
    {refused(503, ""), Next::put_off, Reason::unreachable},
    {refused(429, ""), Next::put_off, Reason::unreachable},
    {error(ErrorCode::unavailable, "connection refused"), Next::put_off, Reason::unreachable},
    {error(ErrorCode::exhausted, "out of memory"), Next::give_up, Reason::unreachable},
    {error(ErrorCode::corrupt, "the answer is no JSON"), Next::read_back, Reason::unknown_outcome},
    {error(ErrorCode::bug, "no"), Next::give_up, Reason::invalid},
};

TEST(Verdict, OfEachRefusal) {
  for (const Case& row : kCases) {
    const Verdict verdict = judge(row.failure);
    EXPECT_EQ(verdict.next, row.next) << row.failure.message;
    EXPECT_EQ(verdict.reason, row.reason) << row.failure.message;
  }
}

TEST(Verdict, SaysWhenToTryAgain) {
  EXPECT_EQ(judge(refused(403, "exceeded quota: q")).put_off, PutOff::until_change);
  EXPECT_EQ(judge(refused(500, "failed calling webhook \"w\"")).put_off, PutOff::until_later);
  for (const Case& row : kCases) {
    const Verdict verdict = judge(row.failure);
    EXPECT_EQ(verdict.put_off != PutOff::no, verdict.next == Next::put_off) << row.failure.message;
  }
}

TEST(Verdict, IsThereForEachCode) {
  for (int code = 0; code <= static_cast<int>(ErrorCode::bug); ++code) {
    const Verdict verdict = judge(error(static_cast<ErrorCode>(code), "whatever"));
    EXPECT_NE(row_of(verdict.reason).kind, ReasonClass::open);
  }
}

TEST(Verdict, ThatIsFinalNamesAFailure) {
  for (const Case& row : kCases)
    EXPECT_EQ(row_of(judge(row.failure).reason).kind, ReasonClass::failed) << row.failure.message;
}

}  // namespace
}  // namespace salvor::restore
