// Channels over real sockets. Included by server.cc alone, which runs their io_context.
#pragma once

#include <memory>

#include "http/internal/asio.h"
#include "http/internal/channel.h"

namespace salvor::http::internal {

std::unique_ptr<Channel> plain_channel(boost::asio::ip::tcp::socket socket);
// The context must outlive the channel.
std::unique_ptr<Channel> tls_channel(boost::asio::ip::tcp::socket socket,
                                     boost::asio::ssl::context& context);

}  // namespace salvor::http::internal
