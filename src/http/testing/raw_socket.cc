#include "http/testing/raw_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

namespace salvor::http::testing {
namespace {

constexpr timeval kPatience{10, 0};

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int new_socket() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  CHECK(descriptor >= 0);
  return descriptor;
}

std::size_t content_length(std::string_view head) {
  constexpr std::string_view kName = "Content-Length: ";
  const std::size_t at = head.find(kName);
  if (at == std::string_view::npos) return 0;
  return std::stoul(std::string(head.substr(at + kName.size())));
}

}  // namespace

RawPeer RawPeer::connect(std::uint16_t port) {
  const int descriptor = new_socket();
  const sockaddr_in address = loopback(port);
  CHECK(::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return RawPeer(descriptor);
}

RawPeer::RawPeer(int descriptor) : descriptor_(descriptor) {
  CHECK(descriptor >= 0);
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
}

RawPeer::~RawPeer() { close(); }

RawPeer::RawPeer(RawPeer&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), received_(std::move(other.received_)) {}

bool RawPeer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::string RawPeer::read_until(std::string_view mark) {
  std::size_t at = received_.find(mark);
  while (at == std::string::npos && read_more()) at = received_.find(mark);
  return read_bytes(at == std::string::npos ? received_.size() : at + mark.size());
}

std::string RawPeer::read_bytes(std::size_t count) {
  while (received_.size() < count && read_more()) {
  }
  std::string bytes = received_.substr(0, count);
  received_.erase(0, bytes.size());
  return bytes;
}

std::string RawPeer::read_to_end() {
  while (read_more()) {
  }
  return std::exchange(received_, {});
}

std::string RawPeer::read_response() {
  const std::string head = read_until("\r\n\r\n");
  return head + read_bytes(content_length(head));
}

bool RawPeer::read_more() {
  std::array<char, 4096> bytes;
  const ssize_t count = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
  if (count <= 0) return false;
  received_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

void RawPeer::close() {
  if (descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
}

RawListener::RawListener() : descriptor_(new_socket()) {
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  auto* const bound = reinterpret_cast<sockaddr*>(&address);
  CHECK(::bind(descriptor_, bound, size) == 0 && ::listen(descriptor_, 64) == 0);
  CHECK(::getsockname(descriptor_, bound, &size) == 0);
  port_ = ntohs(address.sin_port);
}

RawListener::~RawListener() { ::close(descriptor_); }

RawPeer RawListener::accept() {
  return RawPeer(::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC));
}

}  // namespace salvor::http::testing
