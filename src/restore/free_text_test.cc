#include "restore/free_text.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;

const NamespaceMap kMap{{{"shop", "new-shop"}, {"blog", "shop"}}, "", ""};

struct Case {
  const char* text;
  const char* mapped;
  const char* name = "data";
};

// Every form in which people name a namespace in a text.
const std::vector<Case> kHits = {
    {"db.shop.svc", "db.new-shop.svc"},
    {"db.shop.svc.cluster.local", "db.new-shop.svc.cluster.local"},
    {"db-0.db.shop.svc.cluster.local:5432", "db-0.db.new-shop.svc.cluster.local:5432"},
    {"postgres://u:p@db.shop.svc/x?y=1", "postgres://u:p@db.new-shop.svc/x?y=1"},
    {"http://cart.shop:80/a", "http://cart.new-shop:80/a"},
    {"http://cart.shop/", "http://cart.new-shop/"},
    {"amqp://broker.shop", "amqp://broker.new-shop"},
    {"user@db.shop", "user@db.new-shop"},
    {"db.shop:5432", "db.new-shop:5432"},
    {"a=db.shop.svc,b=db.blog.svc", "a=db.new-shop.svc,b=db.shop.svc"},
    {"/api/v1/namespaces/shop/pods", "/api/v1/namespaces/new-shop/pods"},
    {"/apis/apps/v1/namespaces/shop", "/apis/apps/v1/namespaces/new-shop"},
    {"system:serviceaccount:shop:cart", "system:serviceaccount:new-shop:cart"},
    {"system:serviceaccounts:shop", "system:serviceaccounts:new-shop"},
    {"kubectl -n shop get pods", "kubectl -n new-shop get pods"},
    {"kubectl get pods -n=shop", "kubectl get pods -n=new-shop"},
    {"helm list --namespace shop", "helm list --namespace new-shop"},
    {"--watch-namespace=shop", "--watch-namespace=new-shop"},
    {"--watch-namespaces=blog,shop", "--watch-namespaces=shop,new-shop"},
    {"namespace: shop\nname: shop", "namespace: new-shop\nname: shop"},
    {"  namespace: 'shop'  # here", "  namespace: 'new-shop'  # here"},
    {R"({"namespace":"shop","app":"shop"})", R"({"namespace":"new-shop","app":"shop"})"},
    {R"({"namespaces": ["blog", "shop"]})", R"({"namespaces": ["shop", "new-shop"]})"},
    {"namespaces:\n  - blog\n  - shop\n", "namespaces:\n  - shop\n  - new-shop\n"},
    {"POD_NAMESPACE=shop", "POD_NAMESPACE=new-shop"},
    {"targetNamespace = \"shop\"", "targetNamespace = \"new-shop\""},
    {"shop", "new-shop", "WATCH_NAMESPACE"},
    {"shop", "new-shop", "targetNamespace"},
    {"blog, shop", "shop, new-shop", "namespaces"},
    {"shop", "new-shop", "TARGET_NS"},
};

// What must stay: the same word where it means something else.
const std::vector<Case> kMisses = {
    {"shop", ""},
    {"welcome to the shop", ""},
    {"https://shop.example.com/", ""},
    {"https://www.example.shop/", ""},
    {"shop.svc.old", ""},
    {"image: registry/shop:1.2", ""},
    {"db.shops.svc", ""},
    {"db.shop-eu.svc.cluster.local", ""},
    {"db.eu-shop.svc", ""},
    {"/data/shop/files", ""},
    {"app: shop\ntier: shop", ""},
    {"name: shop", ""},
    {"-name shop", ""},
    {"sort-n shop", ""},
    {"com.shop.Main", ""},
    {"namespace: other\nshop: yes", ""},
    {"the namespace of the shop", ""},
    {"labels:\n  - shop\n", ""},
    {"shop", "", "app"},
};

TEST(FreeText, IsFoundInEachFormThatMeansANamespace) {
  for (const Case& hit : kHits) EXPECT_EQ(mapped_text(hit.text, hit.name, kMap), hit.mapped);
}

TEST(FreeText, IsLeftAloneWhereSomethingElseIsMeant) {
  for (const Case& miss : kMisses) EXPECT_EQ(mapped_text(miss.text, miss.name, kMap), miss.text);
}

TEST(FreeText, IsFoundInEnvironmentArgumentsAndData) {
  const Json object = json(R"({"kind": "Deployment", "metadata": {"annotations":
      {"note": "see db.shop.svc"}}, "spec": {"template": {"spec": {"containers": [{
      "env": [{"name": "WATCH_NAMESPACE", "value": "shop"}, {"name": "APP", "value": "shop"}],
      "args": ["--namespace", "shop", "-n", "blog", "shop"]}]}}}})");

  const std::vector<FreeText> found = free_texts(object, object, kMap);

  std::vector<std::string> paths;
  for (const FreeText& text : found) paths.push_back(text.path + " " + text.after);
  EXPECT_EQ(paths,
            (std::vector<std::string>{"/spec/template/spec/containers/0/args/1 new-shop",
                                      "/spec/template/spec/containers/0/args/3 shop",
                                      "/spec/template/spec/containers/0/env/0/value new-shop",
                                      "/metadata/annotations/note see db.new-shop.svc"}));
}

TEST(FreeText, IsLookedForInsideASecretsValues) {
  const Json object = {{"kind", "Secret"},
                       {"metadata", Json::object()},
                       {"data", {{"url", encode_base64("db.shop.svc")}}}};

  const std::vector<FreeText> found = free_texts(object, object, kMap);

  ASSERT_EQ(found.size(), 1U);
  EXPECT_TRUE(found[0].is_encoded);
  EXPECT_EQ(decode_base64(found[0].after), "db.new-shop.svc");
}

// A rule has mapped "blog" to "shop" in a field of its own: that "shop" is the new one.
TEST(FreeText, DoesNotDoubtWhatARuleHasMapped) {
  const Json before = json(R"({"spec": {"service": {"namespace": "blog"}}})");
  const Json after = json(R"({"spec": {"service": {"namespace": "shop"}}})");

  EXPECT_TRUE(free_texts(before, after, kMap).empty());
}

TEST(FreeText, IsNotLookedForWhenNothingIsRenamed) {
  const Json object = json(R"({"data": {"a": "db.shop.svc"}})");

  EXPECT_TRUE(free_texts(object, object, NamespaceMap()).empty());
}

TEST(ChangedLine, ShowsTheLineAndNoMore) {
  const FreeText text{"/data/a", "one\nurl: db.shop.svc\ntwo", "one\nurl: db.new-shop.svc\ntwo"};

  EXPECT_EQ(changed_line(text).before, "url: db.shop.svc");
  EXPECT_EQ(changed_line(text).after, "url: db.new-shop.svc");
}

TEST(ChangedLine, OfAVeryLongLineIsCut) {
  const std::string padding(1000, 'x');
  const FreeText text{"/data/a", padding + " db.shop.svc " + padding,
                      padding + " db.new-shop.svc " + padding};

  EXPECT_LT(changed_line(text).before.size(), 220U);
  EXPECT_NE(changed_line(text).before.find("db.shop.svc"), std::string::npos);
}

}  // namespace
}  // namespace salvor::restore
