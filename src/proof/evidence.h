// Signed proof of what was found: JSON text, and a signature over exactly its bytes, which anybody
// can check with OpenSSL and the public key.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/signing_key.h"
#include "catalog/catalog.h"

namespace salvor::proof {

struct Finding {
  std::string kind;  // "VERIFY" or "DRILL"
  std::string job_id;
  EpochSeconds began_at = 0;
  EpochSeconds checked_at = 0;
  std::string state;
  Json facts;  // what was counted and what was found wrong: members of the document
};

// The document's text. `point`: the recovery point with its "_id".
std::string evidence_text(const Json& point, const Finding& finding);

// The changes that store it in place of an older one of its kind.
std::vector<catalog::Change> evidence_changes(const Json& point, const Finding& finding,
                                              const SigningKey& key, const std::string& id);

}  // namespace salvor::proof
