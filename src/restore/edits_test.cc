#include "restore/edits.h"

#include <gtest/gtest.h>

#include "archive/gzip.h"
#include "base/base64.h"

#include "restore/testing/objects.h"

namespace salvor::restore {
namespace {

using testing::json;

using Notes = std::vector<std::string>;

// An edit context of the kind's, in a restore that moves "shop" to "new-shop".
class EditOf {
 public:
  explicit EditOf(std::string group_resource) : group_resource_(std::move(group_resource)) {}

  EditOf& mapping_classes(std::map<std::string, std::string> classes) {
    classes_ = std::move(classes);
    return *this;
  }
  EditOf& knowing(std::set<std::string> groups) {
    groups_ = std::move(groups);
    return *this;
  }
  EditOf& with_default() {
    defaults_.insert(group_resource_);
    return *this;
  }
  EditOf& keeping_volume() {
    keeps_volume_ = true;
    return *this;
  }

  // What the edit makes of an object; the notes stay here.
  Json run(Edit edit, const std::string& text) {
    Json object = json(text);
    notes = apply(edit, object, context());
    return object;
  }
  // The same of all that the kind's row says.
  Json run_row(const std::string& text) {
    Json object = json(text);
    notes = apply(rule_for(group_resource_), object, context());
    return object;
  }

  Notes notes;

 private:
  EditContext context() {
    return {moved_, classes_, groups_, defaults_, group_resource_, keeps_volume_};
  }

  const std::string group_resource_;
  const NamespaceMap moved_{{{"shop", "new-shop"}}, "", ""};
  std::map<std::string, std::string> classes_;
  std::set<std::string> groups_;
  std::set<std::string> defaults_;
  bool keeps_volume_ = false;
};

TEST(CommonRow, TakesOffWhatTheServerOwnsAndMapsTheNamespace) {
  EXPECT_EQ(
      EditOf("configmaps").run_row(R"({"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"},
                "metadata": {"name": "a", "namespace": "shop", "labels": {"x": "y"}, "uid": "1",
                "resourceVersion": "2", "generation": 3, "creationTimestamp": "t", "selfLink": "/",
                "deletionTimestamp": "t", "deletionGracePeriodSeconds": 0, "managedFields": [],
                "ownerReferences": [{}]}})"),
      json(R"({"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": "b"},
                "metadata": {"name": "a", "namespace": "new-shop", "labels": {"x": "y"}}})"));
}

TEST(CommonRow, LeavesWhatItDoesNotKnow) {
  const char* text =
      R"({"metadata": {"name": "a", "namespace": "blog"}, "spec": {"new": [1, {}]}})";

  EXPECT_EQ(EditOf("things.example.com").run_row(text), json(text));
}

TEST(Finalizers, StayOnlyWhenTheirVendorIsInTheTarget) {
  EditOf edit("things.example.com");
  edit.knowing({"db.example.com", "apps", "gateway.networking.k8s.io"});

  const Json edited = edit.run(Edit::finalizers, R"({"metadata": {"finalizers": [
      "kubernetes.io/pvc-protection", "foregroundDeletion", "db.example.com/cleanup",
      "example.com/other", "gone.org/wait", "x.gateway.networking.k8s.io", "snapshot.k8s.io/wait"]}})");

  EXPECT_EQ(
      edited["metadata"]["finalizers"],
      json(R"(["db.example.com/cleanup", "example.com/other", "x.gateway.networking.k8s.io"])"));
  EXPECT_EQ(
      edit.notes,
      (Notes{"finalizer gone.org/wait left out: nobody in the target would remove it",
             "finalizer snapshot.k8s.io/wait left out: nobody in the target would remove it"}));
}

TEST(Finalizers, GoAsAWholeWhenNoneStays) {
  EditOf edit("persistentvolumeclaims");

  EXPECT_EQ(edit.run(Edit::finalizers,
                     R"({"metadata": {"finalizers": ["kubernetes.io/pvc-protection"]}})"),
            json(R"({"metadata": {}})"));
  EXPECT_TRUE(edit.notes.empty());
}

std::string applied_in(const Json& object) {
  return object["metadata"]["annotations"]["kubectl.kubernetes.io/last-applied-configuration"];
}

std::string object_applied_as(const Json& applied) {
  return Json{
      {"metadata",
       {{"annotations", {{"kubectl.kubernetes.io/last-applied-configuration", compact(applied)}}}}}}
      .dump();
}

TEST(LastApplied, SpeaksOfTheNewNamespace) {
  const Json edited =
      EditOf("configmaps")
          .run(Edit::last_applied,
               object_applied_as(json(R"({"metadata": {"name": "a", "namespace": "shop"}})")));

  EXPECT_EQ(applied_in(edited), R"({"metadata":{"name":"a","namespace":"new-shop"}})"
                                "\n");
}

TEST(LastApplied, IsMappedWhereverItsKindNamesNamespaces) {
  const Json binding =
      EditOf("rolebindings.rbac.authorization.k8s.io")
          .run(Edit::last_applied, object_applied_as(json(R"({"metadata": {"namespace": "blog"},
              "subjects": [{"kind": "ServiceAccount", "namespace": "shop", "name": "cart"}]})")));
  const Json space =
      EditOf("namespaces")
          .run(Edit::last_applied, object_applied_as(json(R"({"metadata": {"name": "shop"}})")));

  EXPECT_EQ(json(applied_in(binding))["subjects"][0]["namespace"], "new-shop");
  EXPECT_EQ(json(applied_in(space))["metadata"]["name"], "new-shop");
}

TEST(LastApplied, StaysByteForByteWhenNothingIsMapped) {
  for (const std::string applied : {R"({ "metadata": {"namespace": "blog"} })", "{", "[]", "7"}) {
    const Json object = {
        {"metadata",
         {{"annotations", {{"kubectl.kubernetes.io/last-applied-configuration", applied}}}}}};
    EXPECT_EQ(applied_in(EditOf("configmaps").run(Edit::last_applied, object.dump())), applied);
  }
}

TEST(NamespaceName, IsMappedWithItsLabel) {
  EXPECT_EQ(EditOf("namespaces").run_row(R"({"metadata": {"name": "shop",
                "labels": {"kubernetes.io/metadata.name": "shop", "team": "shop"}},
                "spec": {"finalizers": ["kubernetes"]}, "status": {"phase": "Active"}})"),
            json(R"({"metadata": {"name": "new-shop",
                "labels": {"kubernetes.io/metadata.name": "new-shop", "team": "shop"}}})"));
}

constexpr const char* kTokenSources =
    R"([{"serviceAccountToken": {}}, {"configMap": {}}, {"downwardAPI": {}}])";

TEST(TokenVolumes, GoWithTheirMountsInAllContainers) {
  const std::string text = std::string(R"({"spec": {
      "volumes": [{"name": "data"}, {"name": "kube-api-access-x7k2p", "projected": {"sources": )") +
                           kTokenSources + R"(}}],
      "containers": [{"volumeMounts": [{"name": "data"}, {"name": "kube-api-access-x7k2p"}]}],
      "initContainers": [{"volumeMounts": [{"name": "kube-api-access-x7k2p"}]}, {"name": "bare"}]}})";

  EXPECT_EQ(EditOf("pods").run(Edit::token_volumes, text), json(R"({"spec": {
      "volumes": [{"name": "data"}], "containers": [{"volumeMounts": [{"name": "data"}]}],
      "initContainers": [{"volumeMounts": []}, {"name": "bare"}]}})"));
}

TEST(TokenVolumes, AreKnownByTheirWholeShape) {
  for (const std::string text :
       {R"({"spec": {"volumes": [{"name": "kube-api-access-mine", "emptyDir": {}}]}})",
        R"({"spec": {"volumes": [{"name": "kube-api-access-mine",
            "projected": {"sources": [{"serviceAccountToken": {"audience": "vault"}}]}}]}})",
        R"({"spec": {"volumes": [{"name": "my-token", "projected": {"sources":
            [{"serviceAccountToken": {}}, {"configMap": {}}, {"downwardAPI": {}}]}}]}})"}) {
    EXPECT_EQ(EditOf("pods").run(Edit::token_volumes, text), json(text));
  }
}

TEST(Pod, LosesWhatItsClusterDecided) {
  EXPECT_EQ(EditOf("pods").run_row(R"({"metadata": {"name": "a"}, "status": {"phase": "Running"},
                "spec": {"nodeName": "n", "priority": 7, "ephemeralContainers": [], "containers": []}})"),
            json(R"({"metadata": {"name": "a"}, "spec": {"containers": []}})"));
}

TEST(JobSelector, IsMadeAnewByTheTarget) {
  EXPECT_EQ(EditOf("jobs.batch").run(Edit::job_selector, R"({
      "metadata": {"labels": {"controller-uid": "1", "app": "a"}},
      "spec": {"selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "1"}},
               "template": {"metadata": {"labels": {"controller-uid": "1",
                   "batch.kubernetes.io/controller-uid": "1", "job-name": "a"}}}}})"),
            json(R"({"metadata": {"labels": {"app": "a"}},
                     "spec": {"template": {"metadata": {"labels": {"job-name": "a"}}}}})"));
}

TEST(JobSelector, OfAUserStays) {
  const char* text = R"({"spec": {"manualSelector": true, "selector": {"matchLabels": {"a": "b"}},
      "template": {"metadata": {"labels": {"a": "b", "controller-uid": "mine"}}}}})";

  EXPECT_EQ(EditOf("jobs.batch").run(Edit::job_selector, text), json(text));
}

TEST(SuspendJob, MakesAnUnfinishedJobWaitForAPerson) {
  EditOf edit("jobs.batch");

  EXPECT_EQ(edit.run(Edit::suspend_job, R"({"spec": {}})"), json(R"({"spec": {"suspend": true}})"));
  EXPECT_EQ(edit.notes.size(), 1U);
}

TEST(SuspendJob, SaysNothingOfOneThatWasSuspended) {
  EditOf edit("jobs.batch");

  EXPECT_EQ(edit.run(Edit::suspend_job, R"({"spec": {"suspend": true}})"),
            json(R"({"spec": {"suspend": true}})"));
  EXPECT_TRUE(edit.notes.empty());
}

TEST(FenceSchedule, SuspendsAndMarksUntilReleased) {
  EditOf edit("cronjobs.batch");
  Json fenced =
      edit.run(Edit::fence_schedule, R"({"metadata": {}, "spec": {"schedule": "* * * * *"}})");

  EXPECT_TRUE(is_fenced(fenced));
  EXPECT_EQ(fenced["spec"]["suspend"], true);

  fenced.merge_patch(release_patch());
  EXPECT_FALSE(is_fenced(fenced));
  EXPECT_EQ(fenced["spec"], json(R"({"schedule": "* * * * *", "suspend": false})"));
}

TEST(FenceSchedule, LeavesOneAloneThatItsUserSuspended) {
  const char* text = R"({"metadata": {}, "spec": {"suspend": true}})";

  const Json object = EditOf("cronjobs.batch").run(Edit::fence_schedule, text);

  EXPECT_EQ(object, json(text));
  EXPECT_FALSE(is_fenced(object));
}

TEST(Claim, LosesTheMarksOfItsOldBinding) {
  EditOf edit("persistentvolumeclaims");

  EXPECT_EQ(edit.run_row(R"({"metadata": {"name": "data", "annotations": {
      "pv.kubernetes.io/bind-completed": "yes", "pv.kubernetes.io/bound-by-controller": "yes",
      "volume.beta.kubernetes.io/storage-provisioner": "x", "volume.kubernetes.io/storage-provisioner": "x",
      "volume.kubernetes.io/selected-node": "n"}},
      "spec": {"volumeName": "pv-1", "storageClassName": "fast", "dataSource": {"kind": "x"},
               "dataSourceRef": {"kind": "x"}}, "status": {"phase": "Bound"}})"),
            json(R"({"metadata": {"name": "data"}, "spec": {"storageClassName": "fast"}})"));
  EXPECT_EQ(edit.notes, (Notes{"the claim's old data source was left out",
                               "recreated empty: this recovery point holds no volume data"}));
}

TEST(Claim, AsksForWhatItsVolumeHadGrownTo) {
  struct Row {
    const char* asked;
    const char* had;
    const char* wanted;
  };
  for (const Row& row :
       {Row{"1Gi", "20Gi", "20Gi"}, Row{"1Gi", "1073741824", "1Gi"}, Row{"900M", "1Gi", "1Gi"},
        Row{"2Gi", "1Gi", "2Gi"}, Row{"1Gi", "much", "1Gi"}, Row{"much", "1Gi", "much"}}) {
    EditOf edit("persistentvolumeclaims");
    const Json claim = edit.run_row(
        std::string(R"({"spec": {"resources": {"requests": {"storage": ")") + row.asked +
        R"("}}}, "status": {"capacity": {"storage": ")" + row.had + R"("}}})");
    EXPECT_EQ(claim, json(std::string(R"({"spec": {"resources": {"requests": {"storage": ")") +
                          row.wanted + R"("}}}})"))
        << row.asked;
  }
}

TEST(Claim, SaysThatItAsksForMore) {
  EditOf edit("persistentvolumeclaims");
  edit.run(Edit::claim_size, R"({"spec": {"resources": {"requests": {"storage": "1Gi"}}},
                                 "status": {"capacity": {"storage": "20Gi"}}})");

  EXPECT_EQ(edit.notes, Notes{"asks for 20Gi, the size of the old volume, instead of 1Gi"});
}

TEST(Claim, AsksAsBeforeWhenItsOwnVolumeComesToo) {
  EditOf edit("persistentvolumeclaims");
  const Json claim = edit.keeping_volume().run(
      Edit::claim_size, R"({"spec": {"resources": {"requests": {"storage": "1Gi"}}},
                            "status": {"capacity": {"storage": "20Gi"}}})");

  EXPECT_EQ(claim["spec"]["resources"]["requests"]["storage"], "1Gi");
}

TEST(Claim, KeepsTheStaticVolumeThatComesWithIt) {
  EditOf edit("persistentvolumeclaims");

  EXPECT_EQ(edit.keeping_volume().run(Edit::claim, R"({"spec": {"volumeName": "pv-1"}})"),
            json(R"({"spec": {"volumeName": "pv-1"}})"));
  EXPECT_TRUE(edit.notes.empty());
}

TEST(Claim, GetsItsClassMappedInBothPlaces) {
  EditOf edit("persistentvolumeclaims");

  const Json claim = edit.mapping_classes({{"slow", "fast"}}).run(Edit::claim, R"({
      "metadata": {"annotations": {"volume.beta.kubernetes.io/storage-class": "slow"}},
      "spec": {"storageClassName": "slow"}})");

  EXPECT_EQ(claim["spec"]["storageClassName"], "fast");
  EXPECT_EQ(claim["metadata"]["annotations"]["volume.beta.kubernetes.io/storage-class"], "fast");
  EXPECT_EQ(edit.notes.front(), "storage class slow became fast");
}

TEST(ClaimTemplates, GetTheirClassMappedAndLoseTheirStatus) {
  EXPECT_EQ(EditOf("statefulsets.apps")
                .mapping_classes({{"slow", "fast"}})
                .run(Edit::claim_templates, R"({"spec": {"volumeClaimTemplates": [
                    {"spec": {"storageClassName": "slow"}, "status": {}}, {"spec": {}}]}})"),
            json(R"({"spec": {"volumeClaimTemplates": [
                    {"spec": {"storageClassName": "fast"}}, {"spec": {}}]}})"));
}

TEST(VolumeClaim, IsFoundByNameInTheNewNamespace) {
  EXPECT_EQ(EditOf("persistentvolumes").run_row(R"({"metadata": {"name": "pv-1",
                "annotations": {"pv.kubernetes.io/bound-by-controller": "yes"}}, "status": {},
                "spec": {"claimRef": {"namespace": "shop", "name": "data", "uid": "1",
                "resourceVersion": "2"}}})"),
            json(R"({"metadata": {"name": "pv-1"},
                "spec": {"claimRef": {"namespace": "new-shop", "name": "data"}}})"));
}

TEST(SingleDefaultClass, IsNotASecondDefault) {
  for (
      const auto& [kind, text, expected] :
      std::vector<std::tuple<std::string, std::string, std::string>>{
          {"storageclasses.storage.k8s.io",
           R"({"metadata": {"annotations": {"storageclass.kubernetes.io/is-default-class": "true"}}})",
           R"({"metadata": {"annotations": {}}})"},
          {"ingressclasses.networking.k8s.io",
           R"({"metadata": {"annotations": {"ingressclass.kubernetes.io/is-default-class": "true"}}})",
           R"({"metadata": {"annotations": {}}})"},
          {"priorityclasses.scheduling.k8s.io", R"({"globalDefault": true, "value": 7})",
           R"({"value": 7})"}}) {
    EditOf edit(kind);
    EXPECT_EQ(edit.with_default().run(Edit::single_default_class, text), json(expected));
    EXPECT_EQ(edit.notes, Notes{"not made the default: the target has one already"});
  }
}

TEST(SingleDefaultClass, StaysTheDefaultWhereThereIsNone) {
  EditOf edit("priorityclasses.scheduling.k8s.io");

  EXPECT_EQ(edit.run(Edit::single_default_class, R"({"globalDefault": true})"),
            json(R"({"globalDefault": true})"));
}

TEST(ServiceAddresses, AreTheClustersUnlessNone) {
  EXPECT_EQ(EditOf("services").run(Edit::service_addresses, R"({"spec": {"clusterIP": "10.0.0.1",
                "clusterIPs": ["10.0.0.1"], "ports": [{"port": 80, "nodePort": 30001}]}})"),
            json(R"({"spec": {"ports": [{"port": 80, "nodePort": 30001}]}})"));
  EXPECT_EQ(EditOf("services")
                .run(Edit::service_addresses,
                     R"({"spec": {"clusterIP": "None", "clusterIPs": ["None"]}})"),
            json(R"({"spec": {"clusterIP": "None", "clusterIPs": ["None"]}})"));
}

TEST(ServiceNames, AreMappedInTheFormsThatPodsUse) {
  const std::vector<std::pair<std::string, std::string>> names = {
      {"db.shop", "db.new-shop"},
      {"db.shop.svc", "db.new-shop.svc"},
      {"db.shop.svc.cluster.local", "db.new-shop.svc.cluster.local"},
      {"db-0.db.shop.svc.cluster.local", "db-0.db.new-shop.svc.cluster.local"},
      {"db.blog.svc", "db.blog.svc"},
      {"shop.example.com", "shop.example.com"},
      {"db.shop.example", "db.shop.example"},
      {"db.shop.svcs", "db.shop.svcs"},
      {"shop.svc", "shop.svc"},
      {".svc", ".svc"},
      {"shop", "shop"},
      {"", ""}};
  for (const auto& [source, target] : names) {
    const Json service = {{"spec", {{"externalName", source}}}};
    EXPECT_EQ(EditOf("services").run(Edit::service_name, service.dump())["spec"]["externalName"],
              target);
  }
}

TEST(IngressHosts, OfServicesAreMappedInRulesAndCertificates) {
  EXPECT_EQ(EditOf("ingresses.networking.k8s.io").run(Edit::ingress_hosts, R"({"spec": {
                "rules": [{"host": "web.shop.svc"}, {"host": "shop.example.com"}, {}],
                "tls": [{"hosts": ["web.shop.svc", "shop.example.com"]}, {}]}})"),
            json(R"({"spec": {
                "rules": [{"host": "web.new-shop.svc"}, {"host": "shop.example.com"}, {}],
                "tls": [{"hosts": ["web.new-shop.svc", "shop.example.com"]}, {}]}})"));
}

TEST(EndpointTargets, LoseTheirUidAndFollowTheNamespace) {
  EXPECT_EQ(EditOf("endpoints").run(Edit::endpoint_targets, R"({"subsets": [
                {"addresses": [{"ip": "10.0.0.1", "targetRef": {"namespace": "shop", "uid": "1",
                 "resourceVersion": "2", "name": "a"}}],
                 "notReadyAddresses": [{"targetRef": {"namespace": "blog"}}]}, {}]})"),
            json(R"({"subsets": [
                {"addresses": [{"ip": "10.0.0.1", "targetRef": {"namespace": "new-shop", "name": "a"}}],
                 "notReadyAddresses": [{"targetRef": {"namespace": "blog"}}]}, {}]})"));
  EXPECT_EQ(EditOf("endpointslices.discovery.k8s.io")
                .run(Edit::endpoint_targets,
                     R"({"endpoints": [{"targetRef": {"namespace": "shop", "uid": "1"}}, {}]})"),
            json(R"({"endpoints": [{"targetRef": {"namespace": "new-shop"}}, {}]})"));
}

TEST(NetworkPeers, NameNamespacesByLabel) {
  EXPECT_EQ(EditOf("networkpolicies.networking.k8s.io").run(Edit::namespace_places, R"({"spec": {
      "ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}},
                            {"podSelector": {}}]}, {}],
      "egress": [{"to": [{"namespaceSelector": {"matchExpressions": [
          {"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["shop", "blog"]},
          {"key": "team", "operator": "In", "values": ["shop"]}]}}]}]}})"),
            json(R"({"spec": {
      "ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "new-shop"}}},
                            {"podSelector": {}}]}, {}],
      "egress": [{"to": [{"namespaceSelector": {"matchExpressions": [
          {"key": "kubernetes.io/metadata.name", "operator": "In", "values": ["new-shop", "blog"]},
          {"key": "team", "operator": "In", "values": ["shop"]}]}}]}]}})"));
}

TEST(WebhookServices, FollowTheirNamespace) {
  EXPECT_EQ(EditOf("mutatingwebhookconfigurations.admissionregistration.k8s.io")
                .run(Edit::namespace_places, R"({"webhooks": [
      {"clientConfig": {"service": {"namespace": "shop", "name": "hook"}},
       "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}}},
      {"clientConfig": {"url": "https://shop"}}]})"),
            json(R"({"webhooks": [
      {"clientConfig": {"service": {"namespace": "new-shop", "name": "hook"}},
       "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "new-shop"}}},
      {"clientConfig": {"url": "https://shop"}}]})"));
  EXPECT_EQ(EditOf("apiservices.apiregistration.k8s.io")
                .run(Edit::namespace_places, R"({"spec": {"service": {"namespace": "shop"}}})"),
            json(R"({"spec": {"service": {"namespace": "new-shop"}}})"));
  EXPECT_EQ(EditOf("customresourcedefinitions.apiextensions.k8s.io")
                .run(Edit::namespace_places, R"({"spec": {"conversion": {"webhook":
                    {"clientConfig": {"service": {"namespace": "shop"}}}}}})"),
            json(R"({"spec": {"conversion": {"webhook":
                    {"clientConfig": {"service": {"namespace": "new-shop"}}}}}})"));
}

TEST(InjectedBundles, AreLeftToTheInjector) {
  EditOf edit("mutatingwebhookconfigurations.admissionregistration.k8s.io");
  const char* webhooks = R"("webhooks": [{"clientConfig": {"caBundle": "b2xk", "url": "x"}}]})";

  EXPECT_EQ(edit.run(Edit::injected_bundles,
                     std::string(R"({"metadata": {"annotations": {"cert-manager.io/inject-ca-from":
                         "shop/cert"}}, )") +
                         webhooks)["webhooks"],
            json(R"([{"clientConfig": {"url": "x"}}])"));
  EXPECT_EQ(edit.notes.size(), 1U);
  EXPECT_EQ(
      edit.run(Edit::injected_bundles, std::string(R"({"metadata": {}, )") +
                                           webhooks)["webhooks"][0]["clientConfig"]["caBundle"],
      "b2xk");
}

TEST(TrackingId, FollowsItsNamespace) {
  EXPECT_EQ(EditOf("deployments.apps").run(Edit::tracking_id, R"({"metadata": {"annotations":
                {"argocd.argoproj.io/tracking-id": "web:apps/Deployment:shop/web"}}})"),
            json(R"({"metadata": {"annotations":
                {"argocd.argoproj.io/tracking-id": "web:apps/Deployment:new-shop/web"}}})"));
}

TEST(NamespacePlaces, AreKnownInPodSpecsOfEachDepth) {
  const std::string affinity = R"({"affinity": {"podAntiAffinity": {
      "requiredDuringSchedulingIgnoredDuringExecution": [{"namespaces": ["shop", "blog"]}]}}})";
  const std::string mapped = R"({"affinity": {"podAntiAffinity": {
      "requiredDuringSchedulingIgnoredDuringExecution": [{"namespaces": ["new-shop", "blog"]}]}}})";
  EXPECT_EQ(EditOf("pods").run(Edit::namespace_places, R"({"spec": )" + affinity + "}"),
            json(R"({"spec": )" + mapped + "}"));
  EXPECT_EQ(
      EditOf("cronjobs.batch")
          .run(Edit::namespace_places,
               R"({"spec": {"jobTemplate": {"spec": {"template": {"spec": )" + affinity + "}}}}}"),
      json(R"({"spec": {"jobTemplate": {"spec": {"template": {"spec": )" + mapped + "}}}}}"));
}

TEST(NamespacePlaces, AreKnownInRoutes) {
  EXPECT_EQ(EditOf("httproutes.gateway.networking.k8s.io")
                .run(Edit::namespace_places, R"({"spec": {"parentRefs": [{"namespace": "shop"}],
                    "rules": [{"backendRefs": [{"namespace": "shop"}, {"name": "shop"}]}]}})"),
            json(R"({"spec": {"parentRefs": [{"namespace": "new-shop"}],
                    "rules": [{"backendRefs": [{"namespace": "new-shop"}, {"name": "shop"}]}]}})"));
}

std::string helm_payload(const Json& release) {
  return encode_base64(archive::gzipped(compact(release)));
}

Json unpacked_release(const std::string& payload) {
  return json(archive::gunzipped(decode_base64(payload).value(), 1 << 20).value());
}

TEST(HelmRelease, IsMappedInsideItsPayload) {
  const Json release = {{"name", "web"},
                        {"namespace", "shop"},
                        {"manifest",
                         "kind: A\nmetadata:\n  namespace: shop\n  name: shop\n---\n"
                         "subjects:\n- namespace: \"shop\"\n- namespace: blog\n"},
                        {"hooks", {{{"manifest", "metadata:\n  namespace: shop\n"}}}}};
  Json secret = {{"type", "helm.sh/release.v1"},
                 {"data", {{"release", encode_base64(helm_payload(release))}}}};

  const Json edited = EditOf("secrets").run(Edit::helm_release, secret.dump());

  const Json mapped = unpacked_release(decode_base64(text_at(edited["data"], "release")).value());
  EXPECT_EQ(mapped["namespace"], "new-shop");
  EXPECT_EQ(mapped["manifest"],
            "kind: A\nmetadata:\n  namespace: new-shop\n  name: shop\n---\n"
            "subjects:\n- namespace: \"new-shop\"\n- namespace: blog\n");
  EXPECT_EQ(mapped["hooks"][0]["manifest"], "metadata:\n  namespace: new-shop\n");
}

TEST(HelmRelease, InAConfigMapIsPackedOnce) {
  const Json map = {{"metadata", {{"labels", {{"owner", "helm"}}}}},
                    {"data", {{"release", helm_payload({{"namespace", "shop"}})}}}};

  const Json edited = EditOf("configmaps").run(Edit::helm_release, map.dump());

  EXPECT_EQ(unpacked_release(edited["data"]["release"])["namespace"], "new-shop");
}

TEST(HelmRelease, ThatCannotBeReadStaysAndIsTold) {
  for (const char* payload : {"%%%", "", "AAAA", "H4sIAAAAAAAA"}) {
    EditOf edit("secrets");
    const Json secret = {{"type", "helm.sh/release.v1"}, {"data", {{"release", payload}}}};
    EXPECT_EQ(edit.run(Edit::helm_release, secret.dump()), secret);
    EXPECT_EQ(edit.notes.size(), 1U) << payload;
  }
}

TEST(Subjects, OfABindingAreMapped) {
  EXPECT_EQ(EditOf("rolebindings.rbac.authorization.k8s.io").run(Edit::subjects, R"({"subjects": [
                {"kind": "ServiceAccount", "namespace": "shop", "name": "cart"},
                {"kind": "User", "name": "system:serviceaccount:shop:cart"},
                {"kind": "Group", "name": "system:serviceaccounts:shop"},
                {"kind": "User", "name": "alice"}]})"),
            json(R"({"subjects": [
                {"kind": "ServiceAccount", "namespace": "new-shop", "name": "cart"},
                {"kind": "User", "name": "system:serviceaccount:new-shop:cart"},
                {"kind": "Group", "name": "system:serviceaccounts:new-shop"},
                {"kind": "User", "name": "alice"}]})"));
}

TEST(AggregatedRules, AreTheirControllersWork) {
  EXPECT_EQ(
      EditOf("clusterroles.rbac.authorization.k8s.io")
          .run(Edit::aggregated_rules, R"({"aggregationRule": {}, "rules": [{"verbs": ["*"]}]})"),
      json(R"({"aggregationRule": {}, "rules": []})"));
  EXPECT_EQ(EditOf("clusterroles.rbac.authorization.k8s.io")
                .run(Edit::aggregated_rules, R"({"rules": [{"verbs": ["*"]}]})"),
            json(R"({"rules": [{"verbs": ["*"]}]})"));
}

TEST(IssuedTokenData, IsLeftToTheTargetsTokenController) {
  EditOf edit("secrets");

  EXPECT_EQ(edit.run(Edit::issued_token_data, R"({"type": "kubernetes.io/service-account-token",
                "data": {"token": "a", "ca.crt": "b", "namespace": "c"}, "metadata": {"annotations":
                {"kubernetes.io/service-account.name": "cart", "kubernetes.io/service-account.uid": "1"}}})"),
            json(R"({"type": "kubernetes.io/service-account-token", "data": {},
                "metadata": {"annotations": {"kubernetes.io/service-account.name": "cart"}}})"));
  EXPECT_EQ(edit.notes.size(), 1U);
}

TEST(IssuedTokenData, OfOtherSecretsStays) {
  const char* text = R"({"type": "Opaque", "data": {"token": "a"}})";

  EXPECT_EQ(EditOf("secrets").run(Edit::issued_token_data, text), json(text));
}

TEST(AccountSecrets, LoseIssuedOnesOnly) {
  EXPECT_EQ(EditOf("serviceaccounts").run(Edit::account_secrets, R"({"metadata": {"name": "cart"},
                "secrets": [{"name": "cart-token-x7k2p"}],
                "imagePullSecrets": [{"name": "cart-dockercfg-x7k2p"}, {"name": "registry"},
                                     {"name": "cart-token-for-ci"}]})"),
            json(R"({"metadata": {"name": "cart"},
                "imagePullSecrets": [{"name": "registry"}, {"name": "cart-token-for-ci"}]})"));
}

TEST(ClashingAddresses, AreTakenOffWhenTheRefusalIsAboutThem) {
  const Json service = json(R"({"spec": {"healthCheckNodePort": 30009, "ipFamilies": ["IPv6"],
      "ports": [{"port": 80, "nodePort": 30001}, {"port": 81}]}})");

  Json ports = service;
  EXPECT_TRUE(drop_clashing_addresses(ports,
                                      "spec.ports[0].nodePort: Invalid value: 30001: provided "
                                      "port is already allocated"));
  EXPECT_EQ(ports,
            json(R"({"spec": {"ipFamilies": ["IPv6"], "ports": [{"port": 80}, {"port": 81}]}})"));

  Json families = service;
  EXPECT_TRUE(drop_clashing_addresses(families, "spec.ipFamilies[0]: Invalid value: \"IPv6\""));
  EXPECT_FALSE(families["spec"].contains("ipFamilies"));
}

TEST(ClashingAddresses, StayWhenItIsAboutSomethingElse) {
  Json service = json(R"({"spec": {"ports": [{"port": 80, "nodePort": 30001}]}})");
  Json bare = json(R"({"spec": {"ports": [{"port": 80}]}})");

  EXPECT_FALSE(drop_clashing_addresses(service, "metadata.name: Invalid value"));
  EXPECT_FALSE(drop_clashing_addresses(bare, "provided port is already allocated"));
  EXPECT_EQ(service["spec"]["ports"][0]["nodePort"], 30001);
}

// Bytes of a backup are foreign: no shape of it may end the program. Each member that an edit looks
// at is tried with each wrong type, in each row.
TEST(Edits, BearObjectsOfEachShape) {
  const std::vector<std::string> members = {
      "spec",   "data",          "secrets",        "imagePullSecrets", "subjects",
      "rules",  "webhooks",      "endpoints",      "subsets",          "type",
      "status", "globalDefault", "aggregationRule"};
  const std::vector<std::string> inner = {
      "volumes",   "containers", "selector", "template", "claimRef",        "volumeClaimTemplates",
      "ports",     "ingress",    "egress",   "rules",    "externalName",    "tls",
      "clusterIP", "conversion", "service",  "suspend",  "storageClassName"};
  const std::vector<std::string> values = {
      "null", "7",  "true",        R"("text")",
      "[]",   "{}", "[7, [], {}]", R"([{"from": 7, "hosts": {}, "host": [], "targetRef": 3}])"};
  for (const Rule& rule : rules()) {
    EditOf edit(std::string(rule.kinds.substr(0, rule.kinds.find(' '))));
    edit.with_default();
    for (const std::string& value : values) {
      for (const std::string& name : members)
        edit.run_row(R"({"metadata": {"name": "a", "annotations": )" + value + R"(}, ")" + name +
                     R"(": )" + value + "}");
      for (const std::string& name : inner)
        edit.run_row(R"({"metadata": {"labels": )" + value + R"(, "finalizers": )" + value +
                     R"(}, "spec": {")" + name + R"(": )" + value + "}}");
    }
  }
}

}  // namespace
}  // namespace salvor::restore
