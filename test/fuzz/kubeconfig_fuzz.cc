// A kubeconfig that came over the API.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "kube/kubeconfig.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  static_cast<void>(salvor::kube::parse_kubeconfig(text, {}, "").ok());
  static_cast<void>(salvor::kube::list_contexts(text).ok());
  return 0;
}
