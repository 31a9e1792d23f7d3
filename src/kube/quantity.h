// Kubernetes's quantities, such as the sizes of volumes.
// https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace salvor::kube {

// The whole number that "50Mi", "1.5Gi", "1e9" or "2500m" stands for, rounded up; nothing for what
// is no quantity, is negative, or does not fit.
std::optional<std::uint64_t> parse_quantity(std::string_view text);

}  // namespace salvor::kube
