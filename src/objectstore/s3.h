// A store in a bucket of an S3 server.
#pragma once

#include <memory>

#include "base/result.h"
#include "objectstore/s3_options.h"
#include "objectstore/store.h"

namespace salvor::objectstore {

// Objects are written once by the server's word: each is put with "If-None-Match: *", so the server
// must know conditional writes, as Amazon's, MinIO, Ceph and versitygw do; `salvor store verify`
// tells of one that does not. A part of a large object lives in memory until it is sent; get()
// reads in ranges, so that a slow sink holds no connection. clean() aborts the multipart uploads
// below the prefix.
//
// On a bucket with versions remove() hides an object; its bytes go as the bucket's rules say.
//
// Asks nothing of the server yet. Fails with invalid for options that can never work. Nothing is
// tried again: see retrying.h.
Result<std::unique_ptr<Store>> open_s3_store(const S3Options& options);

}  // namespace salvor::objectstore
