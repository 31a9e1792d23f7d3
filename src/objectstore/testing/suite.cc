#include "objectstore/testing/suite.h"

#include "objectstore/counted.h"
#include "objectstore/directory.h"
#include "objectstore/limited.h"
#include "objectstore/memory.h"
#include "objectstore/retrying.h"
#include "objectstore/s3.h"
#include "objectstore/testing/faulty.h"
#include "objectstore/testing/s3_server.h"

namespace salvor::objectstore::testing {
namespace {

Opened open_directory() {
  Opened opened{.folder = std::make_unique<ScratchFolder>()};
  opened.store = open_directory_store(opened.folder->path() + "/store").value();
  return opened;
}

Opened open_without_faults() {
  Opened opened{.inner = make_memory_store(), .can_lock = true};
  opened.store = std::make_unique<FaultyStore>(*opened.inner);
  return opened;
}

Opened open_retrying(Opened opened) {
  opened.store = make_retrying_store(std::move(opened.store));
  return opened;
}

Opened open_memory() { return {.store = make_memory_store(), .can_lock = true}; }

Opened around_memory(std::unique_ptr<Store> store) {
  return {.store = std::move(store), .can_lock = true};
}

constexpr Bandwidth kMuch{.up_bytes = std::uint64_t{1} << 40, .down_bytes = std::uint64_t{1} << 40};

// Small parts, so that many an object has several. Without object lock: s3_test.cc has a bucket
// with it, and a server over folders (versitygw) cannot remove there what only begins other names.
Opened open_bucket(const S3Server& server, Addressing addressing) {
  S3Options options = server.new_bucket();
  options.prefix = "a/prefix";
  options.part_bytes = std::uint64_t{5} << 20;
  options.addressing = addressing;
  // The name of which the server knows that buckets stand before it.
  if (addressing == Addressing::virtual_host)
    options.endpoint.replace(options.endpoint.find("127.0.0.1"), 9, "localhost");
  return {.store = open_s3_store(options).value()};
}

}  // namespace

std::vector<StoreUnderTest> stores_under_test() {
  static Traffic nobodys;
  std::vector<StoreUnderTest> stores = {
      {"Memory", open_memory},
      {"Directory", open_directory},
      {"FaultyWithoutFaults", open_without_faults},
      {"RetryingMemory", [] { return open_retrying(open_memory()); }},
      {"RetryingDirectory", [] { return open_retrying(open_directory()); }},
      {"Limited", [] { return around_memory(make_limited_store(make_memory_store(), kMuch)); }},
      {"Counted", [] { return around_memory(make_counted_store(make_memory_store(), nobodys)); }},
  };
  for (const S3Server& server : s3_servers_under_test()) {
    // Retrying, as everything opens them: a server may refuse a request for no fault of ours.
    const auto add = [&](const char* name, Addressing addressing) {
      stores.push_back({name, [=] { return open_retrying(open_bucket(server, addressing)); }});
    };
    add("S3", Addressing::path);
    add("S3ByHost", Addressing::virtual_host);
  }
  return stores;
}

}  // namespace salvor::objectstore::testing
