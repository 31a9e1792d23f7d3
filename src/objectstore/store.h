// A place for objects with flat names, such as a bucket or a directory. Implementations pass one
// suite (testing/suite.h).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/context.h"
#include "base/result.h"

namespace salvor::objectstore {

struct ObjectInfo {
  std::string name;  // "backups/b1/b1.tar.gz": segments joined by '/', no "." or ".."
  std::uint64_t size_bytes = 0;
  // Nobody can remove the object before; 0: it is not locked. Told by stat() alone.
  EpochSeconds locked_until = 0;
};

// Bytes that are being written. Nothing is visible under the name before finish() succeeds; an
// upload that is destroyed before leaves nothing. A write() that failed with unavailable may be
// made again with the same bytes: none is taken twice. So may a finish() that failed with
// unavailable or unknown_outcome, if the object is not there. One thread at a time.
class Upload {
 public:
  virtual ~Upload() = default;
  virtual Result<void> write(Context& context, const std::string& bytes) = 0;
  // Makes the object durable and visible, all at once.
  virtual Result<void> finish(Context& context) = 0;
};

// Receives an object's bytes in order; an error ends the read and comes back from it.
using ReadSink = std::function<Result<void>(std::string_view bytes)>;

// Names outside [A-Za-z0-9._-] segments joined by '/' are refused with invalid. A store promises
// read-after-write. Any thread may call. exhausted: the disk or the quota is full.
class Store {
 public:
  virtual ~Store() = default;
  // Begins a write-once object. Fails with conflict (here or at finish) when the name is taken.
  virtual Result<std::unique_ptr<Upload>> put(Context& context, const std::string& name) = 0;
  // Streams the whole object. Fails with not_found; with corrupt when it is shorter than its size.
  virtual Result<void> get(Context& context, const std::string& name, const ReadSink& sink) = 0;
  // Fills `to` with the part of an object that begins at `offset`. Fails with not_found; with
  // corrupt when the object ends before the part does.
  virtual Result<void> read(Context& context, const std::string& name, std::uint64_t offset,
                            std::span<char> to) = 0;
  virtual Result<ObjectInfo> stat(Context& context, const std::string& name) = 0;
  // Keeps the object from being removed before `until`, by anybody. A lock is never shortened: an
  // earlier time than it has changes nothing. Fails with not_found; with invalid when the store
  // cannot lock objects.
  virtual Result<void> lock(Context& context, const std::string& name, EpochSeconds until) = 0;
  // All objects whose name begins with the prefix, by name.
  virtual Result<std::vector<ObjectInfo>> list(Context& context, const std::string& prefix) = 0;
  // Removing what is not there is no error. Fails with denied when the object is locked; a bucket
  // hides it instead, and keeps its bytes: look at its lock before.
  virtual Result<void> remove(Context& context, const std::string& name) = 0;
  // Removes what writers that died left behind. Requires: no writer is at work.
  virtual Result<void> clean(Context& context) = 0;
};

}  // namespace salvor::objectstore
