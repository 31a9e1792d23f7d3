#include "kube/internal/urls.h"

#include <gtest/gtest.h>

namespace salvor::kube {
namespace {

const ResourceType kPods{
    .group = "", .version = "v1", .resource = "pods", .kind = "Pod", .namespaced = true};
const ResourceType kRoles{.group = "rbac.authorization.k8s.io",
                          .version = "v1",
                          .resource = "clusterroles",
                          .kind = "ClusterRole"};

TEST(Urls, HaveTheirPlaceByGroupAndNamespace) {
  EXPECT_EQ(collection_path(kPods, "shop"), "/api/v1/namespaces/shop/pods");
  EXPECT_EQ(collection_path(kPods, ""), "/api/v1/pods");
  EXPECT_EQ(collection_path(kRoles, "shop"), "/apis/rbac.authorization.k8s.io/v1/clusterroles");
}

TEST(Urls, EscapeNames) {
  EXPECT_EQ(object_path(kRoles, {"", "system:a/b"}),
            "/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Aa%2Fb");
  EXPECT_EQ(object_path(kPods, {"../x", "y"}), "/api/v1/namespaces/..%2Fx/pods/y");
}

TEST(Urls, LeaveEmptyParametersOut) {
  EXPECT_EQ(target("/p", {{"a", ""}, {"b", "x=y,z"}, {"c", "1"}}), "/p?b=x%3Dy%2Cz&c=1");
  EXPECT_EQ(target("/p", {{"a", ""}}), "/p");
}

}  // namespace
}  // namespace salvor::kube
