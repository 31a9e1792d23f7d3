// A config and a snapshot, as the repository's key opens them.
#include <cstdint>
#include <string>

#include "objectstore/memory.h"
#include "repo/repository.h"
#include "repo/snapshot.h"

namespace {

using salvor::repo::FileKind;
using salvor::repo::Repository;

void put(salvor::objectstore::Store& store, const std::string& name, const std::string& bytes) {
  salvor::Context context = salvor::background();
  (void)store.remove(context, name).ok();
  auto upload = store.put(context, name);
  if (upload.ok() && (*upload)->write(context, bytes).ok()) (void)(*upload)->finish(context).ok();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto store = salvor::objectstore::make_memory_store();
  static salvor::Context context = salvor::background();
  static auto repository =
      Repository::create(context, {*store, ""}, "p", {"u", "h"}, {.n = 2, .r = 1, .p = 1});
  if (!repository.ok()) __builtin_trap();
  const std::string text(reinterpret_cast<const char*>(data), size);
  put(*store, "config", salvor::repo::Cipher(repository->key()).sealed(text));
  (void)Repository::open(context, {*store, ""}, "p").ok();
  const auto id = repository->save(context, FileKind::snapshot, text);
  if (!id.ok()) __builtin_trap();
  (void)salvor::repo::load_snapshots(context, *repository).ok();
  if (!repository->remove(context, FileKind::snapshot, *id).ok()) __builtin_trap();
  return 0;
}
