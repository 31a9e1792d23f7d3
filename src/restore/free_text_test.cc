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
    {"shop|pay", "new-shop|pay", "namespaces"},
    {".shop.svc,.shop.svc.cluster.local", ".new-shop.svc,.new-shop.svc.cluster.local"},
    {"search shop.svc.cluster.local", "search new-shop.svc.cluster.local"},
    {"10-1-2-3.shop.pod.cluster.local", "10-1-2-3.new-shop.pod.cluster.local"},
    {"kafka-0.kafka.shop,kafka-1.kafka.shop:1", "kafka-0.kafka.new-shop,kafka-1.kafka.new-shop:1"},
    {"DNS:web.shop", "DNS:web.new-shop"},
    {"database:\n  host: db.shop\n", "database:\n  host: db.new-shop\n"},
    {"db.shop", "db.new-shop", "DB_HOST"},
    {"http://push/metrics/namespace/shop", "http://push/metrics/namespace/new-shop"},
    {"spiffe://cluster.local/ns/shop/sa/a", "spiffe://cluster.local/ns/new-shop/sa/a"},
    {"x.svc.id.goog[shop/cart]", "x.svc.id.goog[new-shop/cart]"},
    {"/var/log/containers/*_shop_*.log", "/var/log/containers/*_new-shop_*.log"},
    {"/var/log/pods/shop_cart-0_1/", "/var/log/pods/new-shop_cart-0_1/"},
    {"web:apps/Deployment:shop/shop", "web:apps/Deployment:new-shop/shop"},
    {"shop-strip@kubernetescrd", "new-shop-strip@kubernetescrd"},
    {"kubectl -nshop get", "kubectl -nnew-shop get"},
    {"kubectl create namespace shop", "kubectl create namespace new-shop"},
    {"kubectl delete ns shop", "kubectl delete ns new-shop"},
    {"kubens shop && oc project shop", "kubens new-shop && oc project new-shop"},
    {"kubectl cp shop/web-0:/a /shop/b", "kubectl cp new-shop/web-0:/a /shop/b"},
    {"all run in the `shop` namespace.", "all run in the `new-shop` namespace."},
    {"k8s.namespace.name=shop,a=shop", "k8s.namespace.name=new-shop,a=shop"},
    {R"(up{namespace=~"pay|shop|x"})", R"(up{namespace=~"pay|new-shop|x"})"},
    {"${NAMESPACE:-shop}", "${NAMESPACE:-new-shop}"},
    {R"([kubernetes][namespace] == "shop")", R"([kubernetes][namespace] == "new-shop")"},
    {"list_namespaced_pod(\"shop\")", "list_namespaced_pod(\"new-shop\")"},
    {"--discovery.namespaces[0]=shop", "--discovery.namespaces[0]=new-shop"},
    {"namespaces:\n  names:\n    - a\n    - shop",
     "namespaces:\n  names:\n    - a\n    - new-shop"},
    {"- source_labels: [__meta_kubernetes_namespace]\n  regex: shop",
     "- source_labels: [__meta_kubernetes_namespace]\n  regex: new-shop"},
    {"kind: Namespace\nmetadata:\n  name: shop", "kind: Namespace\nmetadata:\n  name: new-shop"},
    {R"({"name": "namespace", "query": "shop"})", R"({"name": "namespace", "query": "new-shop"})"},
    {"--default-ssl-certificate=shop/tls", "--default-ssl-certificate=new-shop/tls"},
    {"shop/ca", "new-shop/ca", "inject-ca-from"},
    {"shop/postgres:5432", "new-shop/postgres:5432", "5432"},
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
    {"shop/web:1.2", "", "IMAGE"},
    {"shop/web", "", "repository"},
    {"registry/shop/web", "", "SERVICE_IMAGE"},
    {"https://www.acme.shop/", "", "url"},
    {"www.acme.shop", "", "host"},
    {"gunicorn -n shop app", ""},
    {"namespace shop { class Cart; }", ""},
    {"http://cart.shop-staging.svc", ""},
    {"kind: Role\nmetadata:\n  name: shop", ""},
    {"kind: Namespace\nmetadata:\n  name: a\n---\nkind: A\nmetadata:\n  name: shop", ""},
    {"- source_labels: [__meta_kubernetes_service]\n  regex: shop", ""},
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
      "command": ["gunicorn", "-n", "shop"],
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
