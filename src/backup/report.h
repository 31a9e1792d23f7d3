// What a backup says at its end: the fields of the recovery point and of the job, and the sentence
// for people. Pure.
#pragma once

#include <string>

#include "archive/writer.h"
#include "backup/collection.h"
#include "backup/volumes.h"
#include "base/json.h"

namespace salvor::backup {

// "deployments" of "deployments.apps", each once, sorted: what a restore may choose from.
std::vector<std::string> resource_types(const Collection& collection);

// The counters that job and recovery point share.
Json counters(const Collection& collection, const VolumeReport& volumes);

// The fields that make a recovery point READY.
Json ready_fields(const Collection& collection, const VolumeReport& volumes,
                  const archive::ArchiveSeal& seal, EpochSeconds end_time, EpochSeconds expiry);

// "Backup Successful", or what is missing.
std::string summary(const Collection& collection, const VolumeReport& volumes);

// Errors of both, objects first; one line for people each.
std::vector<std::string> problems(const Collection& collection, const VolumeReport& volumes);

}  // namespace salvor::backup
