// A Secret or ConfigMap that says it holds a Helm release, packed or not.
#include <cstddef>
#include <cstdint>
#include <string>

#include "archive/gzip.h"
#include "base/base64.h"
#include "restore/edits.h"

namespace {

void edit(const std::string& release) {
  const salvor::restore::NamespaceMap map({{"shop", "new-shop"}}, "", "");
  const std::map<std::string, std::string> classes;
  const std::set<std::string> none;
  salvor::Json object = {{"kind", "ConfigMap"},
                         {"metadata",
                          {{"name", "sh.helm.release.v1.web.v1"},
                           {"namespace", "shop"},
                           {"labels", {{"owner", "helm"}}}}},
                         {"data", {{"release", release}}}};
  const salvor::restore::EditContext context{map, classes, none, none, "configmaps"};
  static_cast<void>(salvor::restore::apply(salvor::restore::Edit::helm_release, object, context));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  edit(bytes);
  edit(salvor::encode_base64(bytes));
  edit(salvor::encode_base64(salvor::archive::gzipped(bytes)));
  return 0;
}
