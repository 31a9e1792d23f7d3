// The reader connections, lent to one caller at a time.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "base/context.h"
#include "catalog/internal/sqlite_connection.h"

namespace salvor::catalog {

class Readers {
 public:
  // Gives the connection back when destroyed.
  class Lease {
   public:
    Lease(Readers& readers, std::unique_ptr<Connection> connection)
        : readers_(&readers), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& operator*() const { return *connection_; }

   private:
    Readers* readers_;
    std::unique_ptr<Connection> connection_;
  };

  explicit Readers(std::vector<std::unique_ptr<Connection>> connections)
      : free_(std::move(connections)) {}

  // Waits for a free one, not longer than the context is not stopped. Any thread.
  Result<Lease> take(const Context& context);

 private:
  std::mutex mutex_;
  std::condition_variable_any freed_;
  std::vector<std::unique_ptr<Connection>> free_;
};

}  // namespace salvor::catalog
