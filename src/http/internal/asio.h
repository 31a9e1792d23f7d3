// Boost.Asio, for the two files of the server's edge that use it. It comes through here alone, as
// all of them must see it configured alike.
#pragma once

// ThreadSanitizer does not know memory fences, and g++ refuses them with it. Asio's only add to the
// locks that it takes anyway.
#if defined(__SANITIZE_THREAD__)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK 1
#endif

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
