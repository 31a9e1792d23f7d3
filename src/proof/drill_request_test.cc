#include "proof/drill_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "restore/options.h"

namespace salvor::proof {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kJob = "5f80d0a8f281487d59c69fff";

TEST(DrillRequest, IsReadFromTheJobWithItsDefaults) {
  const DrillRequest plain = drill_request_in({{"drill", Json::object()}});
  EXPECT_THAT(plain.namespaces, IsEmpty());
  EXPECT_EQ(plain.ready_within, std::chrono::seconds(300));

  const DrillRequest asked = drill_request_in({{"drill",
                                                {{"namespaces", {"shop"}},
                                                 {"exclude_resource_types", {"widgets"}},
                                                 {"ready_timeout_seconds", 7}}}});
  EXPECT_THAT(asked.namespaces, ElementsAre("shop"));
  EXPECT_THAT(asked.left_out_types, ElementsAre("widgets"));
  EXPECT_EQ(asked.ready_within, std::chrono::seconds(7));
}

TEST(DrillRequest, TheMoversNamespaceIsNeverDrilled) {
  const SandboxMap sandboxes =
      sandboxes_for({}, {"default", "kube-system", "movers", "shop"}, "movers", kJob);

  EXPECT_EQ(sandboxes,
            (SandboxMap{{"default", "drill-59c69fff-default"}, {"shop", "drill-59c69fff-shop"}}));
}

TEST(DrillRequest, TellsOfTheTypesThatAreLeftOut) {
  const Json types = {"configmaps", "ingresses.networking.k8s.io", "routes.route.openshift.io",
                      "widgets.example.com"};

  EXPECT_THAT(left_out_of(types, {}),
              ElementsAre("ingresses.networking.k8s.io", "routes.route.openshift.io"));
  EXPECT_THAT(left_out_of(types, {.left_out_types = {"widgets"}}), Contains("widgets.example.com"));
}

TEST(DrillRequest, TheDefinitionIsOneThatARestoreTakes) {
  const SandboxMap sandboxes = {{"shop", "drill-1-shop"}};
  for (const Purpose purpose : {Purpose::restore, Purpose::comparison}) {
    const Json definition = restore_definition("point", sandboxes, {}, purpose);

    const auto options = restore::parse_options(definition);

    ASSERT_TRUE(options.ok()) << options.error().describe();
    EXPECT_EQ(options->cluster_scoped, restore::ClusterScoped::none);
    EXPECT_EQ(options->namespace_map.target_of("shop"), "drill-1-shop");
    EXPECT_EQ(options->existing == restore::Existing::replace, purpose == Purpose::comparison);
  }
}

TEST(DrillRequest, ServicesLoseAllThatLeadsOutside) {
  const Json definition = restore_definition("point", {}, {}, Purpose::restore);
  const auto modifiers = restore::Modifiers::parse(definition["modifiers"]).value();
  for (const char* type : {"LoadBalancer", "NodePort", "ClusterIP"}) {
    Json service = {
        {"apiVersion", "v1"},
        {"kind", "Service"},
        {"metadata",
         {{"name", "web"},
          {"annotations", {{"external-dns.alpha.kubernetes.io/hostname", "shop.example.com"}}}}},
        {"spec",
         {{"type", type}, {"externalIPs", {"192.0.2.1"}}, {"loadBalancerIP", "192.0.2.2"}}}};

    ASSERT_TRUE(modifiers.apply({"services", "shop", "web"}, service).ok());

    EXPECT_EQ(service["spec"], Json({{"type", "ClusterIP"}})) << type;
    EXPECT_EQ(service["metadata"]["annotations"], Json::object());
  }
}

TEST(DrillRequest, AnExternalNameStaysOne) {
  const Json definition = restore_definition("point", {}, {}, Purpose::restore);
  const auto modifiers = restore::Modifiers::parse(definition["modifiers"]).value();
  Json service = {{"apiVersion", "v1"},
                  {"kind", "Service"},
                  {"metadata", {{"name", "db"}}},
                  {"spec", {{"type", "ExternalName"}, {"externalName", "db.example.com"}}}};

  ASSERT_TRUE(modifiers.apply({"services", "shop", "db"}, service).ok());

  EXPECT_EQ(service["spec"]["type"], "ExternalName");
}

}  // namespace
}  // namespace salvor::proof
