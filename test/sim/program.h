// A program that works on a store which others use, too: its clock, its way to the store, and its
// deaths. What it calls happens one call at a time, in the order of its Turns.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "base/context.h"
#include "objectstore/store.h"
#include "sim/turns.h"

namespace salvor::sim {

// What is broken on purpose, to show that a simulation sees it.
enum class Flaw {
  none,
  unseen_locks,  // lists have no locks
  unkept_locks,  // nobody is woken to keep a lock fresh
};

struct Disturbance {
  Flaw flaw = Flaw::none;
  std::size_t dies_one_in = 0;   // calls; 0: never
  std::size_t fails_one_in = 0;  // the same: the call is done or not, and unavailable comes back
};

class Program {
 public:
  Program(Turns& turns, objectstore::Store& shared, const Disturbance& disturbance);
  ~Program();

  // Does the work in a thread of its own, once Turns::run() says so.
  void start(std::function<void()> work);

  Context context();
  objectstore::Store& store() { return *store_; }
  // After a death: another process of the same machine. How often its guest has called the store.
  std::size_t start_again();

  // Whether it died, or a call failed, since it was last started.
  bool is_disturbed() const { return is_dead_ || has_failed_; }
  bool is_dead() const { return is_dead_; }

  // Held while a guest, a thread that keeps something fresh, is at work beside this program: from
  // its start until just before it is stopped.
  class Guest {
   public:
    explicit Guest(Program& program) : program_(program) { program_.main_.meet(program_.guest_); }
    ~Guest() { program_.main_.let_rest(program_.guest_); }
    Guest(const Guest&) = delete;
    Guest& operator=(const Guest&) = delete;

   private:
    Program& program_;
  };

 private:
  class OwnClock;
  class OwnStore;
  class OwnUpload;
  enum class Fate { lives, dies, fails };

  Turns::Task& here();
  Fate next_call();
  template <typename T, typename Act>
  Result<T> call(const Act& act);

  Turns& turns_;
  objectstore::Store& shared_;
  const Disturbance disturbance_;
  Turns::Task main_;
  Turns::Task guest_;
  std::unique_ptr<Clock> clock_;
  std::unique_ptr<objectstore::Store> store_;
  // Of whoever has the turn.
  bool is_dead_ = false;
  bool has_failed_ = false;
  std::size_t guest_calls_ = 0;
  // One call at a time of the program's own threads, which share its turn.
  std::mutex own_calls_;
  std::thread::id main_thread_;
  std::jthread thread_;
};

}  // namespace salvor::sim
