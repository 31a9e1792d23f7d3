// Texts of a backup's objects in which old namespaces are looked for. A map from names to
// themselves changes nothing, whatever is found.
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "restore/free_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const salvor::restore::NamespaceMap same({{"shop", "shop"}, {"blog", "blog"}}, "", "");
  const salvor::restore::NamespaceMap other({{"shop", "new-shop"}, {"blog", "shop"}}, "", "");
  for (const char* name : {"data", "WATCH_NAMESPACE"}) {
    CHECK(salvor::restore::mapped_text(text, name, same) == text);
    const salvor::restore::FreeText found{"/data/a", text,
                                          salvor::restore::mapped_text(text, name, other)};
    static_cast<void>(salvor::restore::changed_line(found));
  }
  return 0;
}
