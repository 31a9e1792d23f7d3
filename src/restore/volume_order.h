// In which order the volumes of a restore are filled: as the restore says in `volume_order`; of
// those that it says nothing of, or the same, those with the higher priority first. A claim's
// priority is its annotation, else that of the highest pods that mount it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/json.h"
#include "base/result.h"
#include "restore/item.h"
#include "restore/options.h"
#include "restore/plan.h"

namespace salvor::restore {

// A whole number on a claim; more comes earlier.
inline constexpr const char* kRestorePriority = "salvor.io/restore-priority";

// Fails with invalid, naming the field.
Result<std::vector<VolumeChoice>> parse_volume_order(const Json& restore);

// What the planner knows of a claim, or of a PriorityClass; nothing of other objects.
std::optional<VolumeUrgency> urgency_of(const archive::ItemName& name, const Json& object,
                                        const std::vector<VolumeChoice>& order);

// Gives the steps of claims that take long their `fill_order`, from 1. Requires: numbered steps,
// linked to the claims that they mount.
void order_volumes(const std::vector<Item>& items, std::vector<Step>& steps);

}  // namespace salvor::restore
