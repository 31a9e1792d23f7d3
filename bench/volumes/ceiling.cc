// How fast the blobs of a repository can be opened when they lie in memory: authenticated,
// decrypted, decompressed, and held against their ids. No restore can be faster.
//   volumes_ceiling REPOSITORY THREADS       the password and a bucket's keys: in the environment
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "base/pool.h"
#include "objectstore/location.h"
#include "repo/blob_opener.h"
#include "repo/repository.h"

namespace {

using salvor::Context;
using salvor::Result;
namespace repo = salvor::repo;

constexpr std::size_t kBytesAtOnce = std::size_t{256} << 20;

struct Totals {
  double seconds = 0;
  double cpu_seconds = 0;
  std::uint64_t bytes = 0;  // plain
};

struct LoadedPack {
  std::string bytes;
  std::vector<repo::PackedBlob> blobs;
};

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

double seconds_of(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// One thread's share; the plain bytes.
std::uint64_t open_some(const repo::MasterKey& key, std::vector<LoadedPack>& packs,
                        std::atomic<std::size_t>& next, std::atomic<bool>& failed) {
  repo::BlobOpener opener(key);
  std::uint64_t bytes = 0;
  for (std::size_t number = next++; number < packs.size(); number = next++) {
    LoadedPack& pack = packs[number];
    for (const repo::PackedBlob& blob : pack.blobs) {
      const auto plain =
          opener.open(std::span(pack.bytes).subspan(blob.place.offset, blob.place.length), blob);
      if (!plain.ok()) failed = true;
      if (plain.ok()) bytes += plain->size();
    }
  }
  return bytes;
}

Result<void> open_all(const repo::MasterKey& key, std::vector<LoadedPack>& packs, unsigned threads,
                      Totals& totals) {
  std::atomic<std::size_t> next = 0;
  std::atomic<std::uint64_t> bytes = 0;
  std::atomic<bool> failed = false;
  const double start = seconds_of(CLOCK_MONOTONIC);
  const double cpu_start = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
  {
    salvor::Pool pool(threads);
    for (unsigned i = 0; i < threads; ++i)
      pool.submit([&] { bytes += open_some(key, packs, next, failed); });
  }
  totals.seconds += seconds_of(CLOCK_MONOTONIC) - start;
  totals.cpu_seconds += seconds_of(CLOCK_PROCESS_CPUTIME_ID) - cpu_start;
  totals.bytes += bytes;
  packs.clear();
  if (failed) return error(salvor::ErrorCode::corrupt, "a blob cannot be opened");
  return {};
}

Result<Totals> measure(const std::string& location, unsigned threads) {
  Context context = salvor::background();
  salvor::objectstore::StoreAccess access;
  access.s3.credentials.access_key = variable("AWS_ACCESS_KEY_ID");
  access.s3.credentials.secret_key = variable("AWS_SECRET_ACCESS_KEY");
  TRY(const auto store, salvor::objectstore::open_store(location, access));
  TRY(const repo::Repository repository,
      repo::Repository::open(context, {*store, ""}, variable("SALVOR_REPO_PASSWORD")));
  TRY(const auto files, repository.list_packs(context));
  Totals totals;
  std::vector<LoadedPack> packs;
  std::size_t loaded = 0;
  for (const repo::StoredFile& file : files) {
    LoadedPack pack;
    TRY(pack.blobs, repository.pack_contents(context, file));
    // A restore opens few trees, and copies none of their bytes.
    if (pack.blobs.empty() || pack.blobs.front().key.type != repo::BlobType::data) continue;
    TRY(pack.bytes, repository.read_pack(context, file.id, 0, file.size_bytes));
    loaded += pack.bytes.size();
    packs.push_back(std::move(pack));
    if (loaded < kBytesAtOnce) continue;
    loaded = 0;
    TRY_VOID(open_all(repository.key(), packs, threads, totals));
  }
  TRY_VOID(open_all(repository.key(), packs, threads, totals));
  return totals;
}

}  // namespace

int main(int count, char** words) {
  const int threads = count == 3 ? std::atoi(words[2]) : 0;
  if (threads < 1) {
    std::fprintf(stderr, "usage: volumes_ceiling REPOSITORY THREADS\n");
    return 2;
  }
  const auto totals = measure(words[1], static_cast<unsigned>(threads));
  if (!totals.ok()) {
    std::fprintf(stderr, "%s\n", totals.error().describe().c_str());
    return 1;
  }
  const double megabytes = static_cast<double>(totals->bytes) / 1e6;
  std::printf("mb_per_second=%.1f cpu_per_mb=%.6f\n", megabytes / totals->seconds,
              totals->cpu_seconds / megabytes);
  return 0;
}
