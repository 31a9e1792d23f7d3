// `salvor mover`: runs in a pod beside a claim's volume, carries out one order, and ends.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace salvor::mover {

// Prints progress to `out`, one JSON line at a time, and logs to `err`. The exit status: 0 done, 3
// done with problems of entries, 1 failed, 143 stopped by SIGTERM. Takes the process's signals.
int mover(const std::vector<std::string>& words, std::ostream& out, std::ostream& err);

}  // namespace salvor::mover
