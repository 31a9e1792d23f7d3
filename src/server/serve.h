// `salvor serve`: makes the parts and hands them to each other, serves until told to stop.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "server/settings.h"

namespace salvor::server {

// Prints "listening on http://ADDRESS:PORT" once requests are answered; returns the exit status
// when the process was asked to end (SIGINT, SIGTERM) and all work is put down.
int serve(const std::vector<std::string>& words, std::ostream& out, std::ostream& err);

}  // namespace salvor::server
