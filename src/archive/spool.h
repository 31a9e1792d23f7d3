// A scratch file for objects that are needed again but would not fit in memory: a restore keeps the
// bodies here while it plans and creates.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace salvor::archive {

// Secrets pass through, so the file has mode 0600 and no name: nobody else can open it, and nothing
// is left of it after a crash. In memory are 16 bytes an entry and 256 KiB. Each entry has a
// checksum, as scratch disks are not trusted more than others.
class Spool {
 public:
  // In an existing folder on the disk that is to hold the data. Fails with denied or exhausted.
  static Result<Spool> create(const std::string& folder);
  ~Spool();
  Spool(Spool&&) noexcept;
  Spool& operator=(Spool&&) noexcept;

  // Adds an entry and returns its index, which counts from 0. Fails with exhausted when the disk is
  // full, though it may take some more before it finds out; the spool is then as before. One thread
  // at a time.
  Result<std::size_t> append(std::string_view bytes);
  // An entry's bytes. Fails with corrupt. Any thread, also while another appends.
  // Requires: index < size().
  Result<std::string> load(std::size_t index) const;
  std::size_t size() const;

 private:
  struct State;
  explicit Spool(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace salvor::archive
