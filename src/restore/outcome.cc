#include "restore/outcome.h"

namespace salvor::restore {

std::string message_of(const std::vector<std::string>& notes) {
  std::string text;
  for (const std::string& note : notes) text += (text.empty() ? "" : "; ") + note;
  return text;
}

}  // namespace salvor::restore
