// Patterns of where things are kept.
#pragma once

#include "schema/pattern.h"

namespace salvor::schema {

// Where a server is, without a path: "s3.example.com", "http://[::1]:9000/".
Pattern server_address();
// A bucket of an S3 server, also of the looser names of old.
Pattern bucket_name();

}  // namespace salvor::schema
