#include <gmock/gmock.h>

#include "kube/testing/suite.h"

namespace salvor::kube {
namespace {

using testing::HasSubstr;

const Json& metadata(const Json& object) { return member(object, "metadata"); }

TEST_P(ApiSuite, CreatesWithSystemFields) {
  const Json stored = must_create(config_map("one"));

  EXPECT_FALSE(text_at(metadata(stored), "uid").empty());
  EXPECT_FALSE(text_at(metadata(stored), "resourceVersion").empty());
  EXPECT_FALSE(text_at(metadata(stored), "creationTimestamp").empty());
  EXPECT_EQ(text_at(metadata(stored), "namespace"), space);
}

TEST_P(ApiSuite, GivesEachObjectItsOwnUidWhateverTheBodySays) {
  Json body = config_map("one");
  body["metadata"]["uid"] = "11111111-2222-3333-4444-555555555555";

  const Json stored = must_create(body);

  EXPECT_NE(text_at(metadata(stored), "uid"), "11111111-2222-3333-4444-555555555555");
}

TEST_P(ApiSuite, NotesTheFieldManager) {
  const auto stored = create(config_map("one"), {.field_manager = "salvor-restore"});

  ASSERT_TRUE(stored.ok()) << stored.error().describe();
  const Json& entry = metadata(*stored).at("managedFields").at(0);
  EXPECT_EQ(text_at(entry, "manager"), "salvor-restore");
  EXPECT_EQ(text_at(entry, "operation"), "Update");
  EXPECT_TRUE(entry.at("fieldsV1").contains("f:data"));
}

TEST_P(ApiSuite, AnswersWithMetadataAloneWhenAsked) {
  const auto stored = create(config_map("one"), {.metadata_only = true});

  ASSERT_TRUE(stored.ok()) << stored.error().describe();
  EXPECT_EQ(text_at(metadata(*stored), "name"), "one");
  EXPECT_NE(text_at(metadata(*stored), "uid"), "");
  EXPECT_FALSE(stored->contains("data"));
}

TEST_P(ApiSuite, MakesANameFromGenerateName) {
  Json body = config_map("one");
  body["metadata"].erase("name");
  body["metadata"]["generateName"] = "made-";

  const Json stored = must_create(body);

  EXPECT_THAT(text_at(metadata(stored), "name"), testing::StartsWith("made-"));
}

TEST_P(ApiSuite, RefusesASecondObjectOfAName) {
  must_create(config_map("one"));

  const auto again = create(config_map("one"));

  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_EQ(refusal_of(again.error()), "409 AlreadyExists");
  EXPECT_THAT(again.error().message, HasSubstr("configmaps \"one\" already exists"));
}

TEST_P(ApiSuite, RefusesAnObjectInANamespaceThatIsNotThere) {
  const auto created =
      api->create(context, config_maps, unique("nowhere"), compact(config_map("one")), {});

  ASSERT_FALSE(created.ok());
  EXPECT_EQ(refusal_of(created.error()), "404 NotFound");
  EXPECT_THAT(created.error().message, HasSubstr("namespaces \"" + unique("nowhere") + "\""));
}

TEST_P(ApiSuite, RefusesANameThatIsNoDnsName) {
  const auto created = create(config_map("Not_A_Name"));

  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code, ErrorCode::invalid);
  EXPECT_EQ(refusal_of(created.error()), "422 Invalid");
  EXPECT_THAT(created.error().message, HasSubstr("metadata.name"));
}

TEST_P(ApiSuite, RefusesABodyOfAnotherNamespace) {
  Json body = config_map("one");
  body["metadata"]["namespace"] = "elsewhere";

  const auto created = create(body);

  ASSERT_FALSE(created.ok());
  EXPECT_EQ(refusal_of(created.error()), "400 BadRequest");
}

TEST_P(ApiSuite, RefusesABodyOfAnotherKind) {
  const auto created =
      api->create(context, type("", "secrets"), space, compact(config_map("one")), {});

  ASSERT_FALSE(created.ok());
  EXPECT_EQ(refusal_of(created.error()), "400 BadRequest");
}

TEST_P(ApiSuite, RefusesABodyThatIsNotJson) {
  const auto created = api->create(context, config_maps, space, "{\"kind\":", {});

  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code, ErrorCode::invalid);
}

TEST_P(ApiSuite, RefusesAResourceVersionOnCreate) {
  Json body = config_map("one");
  body["metadata"]["resourceVersion"] = "7";

  const auto created = create(body);

  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().fact("http_status"), "500");
  EXPECT_THAT(created.error().message, HasSubstr("resourceVersion should not be set"));
}

TEST_P(ApiSuite, ChecksADryRunWithoutStoring) {
  const auto tried = create(config_map("one"), {.dry_run = DryRun::yes});
  const auto bad = create(config_map("Bad_Name"), {.dry_run = DryRun::yes});

  ASSERT_TRUE(tried.ok()) << tried.error().describe();
  EXPECT_EQ(text_at(metadata(*tried), "name"), "one");
  EXPECT_FALSE(exists(config_maps, "one"));
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, ErrorCode::invalid);
}

TEST_P(ApiSuite, DropsStatusOnCreate) {
  Json body = pod("one");
  body["status"] = {{"phase", "Running"}};

  const Json stored = must_create(body);

  EXPECT_EQ(text_at(member(stored, "status"), "phase"), "Pending");
}

TEST_P(ApiSuite, PatchesByMerge) {
  must_create(config_map("one"));

  const auto patched = api->patch(context, config_maps, {space, "one"}, PatchKind::merge,
                                  {{"data", {{"key", nullptr}, {"more", "yes"}}}}, {});

  ASSERT_TRUE(patched.ok()) << patched.error().describe();
  EXPECT_EQ(patched->at("data"), Json({{"more", "yes"}}));
}

TEST_P(ApiSuite, PatchesByOperations) {
  must_create(config_map("one"));
  const Json operations =
      Json::array({{{"op", "replace"}, {"path", "/data/key"}, {"value", "two"}}});

  const auto patched =
      api->patch(context, config_maps, {space, "one"}, PatchKind::json, operations, {});

  ASSERT_TRUE(patched.ok()) << patched.error().describe();
  EXPECT_EQ(patched->at("data").at("key"), "two");
}

TEST_P(ApiSuite, RefusesAnOperationThatDoesNotFit) {
  must_create(config_map("one"));
  const Json operations =
      Json::array({{{"op", "test"}, {"path", "/data/key"}, {"value", "other"}}});

  const auto patched =
      api->patch(context, config_maps, {space, "one"}, PatchKind::json, operations, {});

  ASSERT_FALSE(patched.ok());
  EXPECT_EQ(patched.error().code, ErrorCode::invalid);
}

TEST_P(ApiSuite, PatchesStrategicallyByMergeKey) {
  must_create(pod("one"));
  const Json image = {{"name", "main"}, {"image", "example.invalid/none:2"}};
  const Json change = {{"spec", {{"containers", Json::array({image})}}}};

  const auto patched =
      api->patch(context, type("", "pods"), {space, "one"}, PatchKind::strategic, change, {});

  ASSERT_TRUE(patched.ok()) << patched.error().describe();
  EXPECT_EQ(patched->at("spec").at("containers").size(), 1U);
  EXPECT_EQ(patched->at("spec").at("containers").at(0).at("image"), "example.invalid/none:2");
}

TEST_P(ApiSuite, KeepsTheVersionWhenAPatchChangesNothing) {
  const Json before = must_create(config_map("one"));

  const auto patched = api->patch(context, config_maps, {space, "one"}, PatchKind::merge,
                                  {{"data", {{"key", "one"}}}}, {});

  ASSERT_TRUE(patched.ok()) << patched.error().describe();
  EXPECT_EQ(text_at(metadata(*patched), "resourceVersion"),
            text_at(metadata(before), "resourceVersion"));
}

TEST_P(ApiSuite, RefusesAPatchOfAnOldVersion) {
  const Json before = must_create(config_map("one"));
  const std::string version = text_at(metadata(before), "resourceVersion");
  const Json change = {{"data", {{"key", "two"}}}, {"metadata", {{"resourceVersion", version}}}};
  ASSERT_TRUE(api->patch(context, config_maps, {space, "one"}, PatchKind::merge, change, {}).ok());

  const Json late = {{"data", {{"key", "three"}}}, {"metadata", {{"resourceVersion", version}}}};
  const auto patched = api->patch(context, config_maps, {space, "one"}, PatchKind::merge, late, {});

  ASSERT_FALSE(patched.ok());
  EXPECT_EQ(refusal_of(patched.error()), "409 Conflict");
}

TEST_P(ApiSuite, DoesNotFindWhatToPatch) {
  const auto patched = api->patch(context, config_maps, {space, "none"}, PatchKind::merge,
                                  {{"data", {{"key", "two"}}}}, {});

  ASSERT_FALSE(patched.ok());
  EXPECT_EQ(patched.error().code, ErrorCode::not_found);
}

TEST_P(ApiSuite, GuardsAnImmutableConfigMap) {
  Json body = config_map("one");
  body["immutable"] = true;
  must_create(body);

  const auto patched = api->patch(context, config_maps, {space, "one"}, PatchKind::merge,
                                  {{"data", {{"key", "two"}}}}, {});

  ASSERT_FALSE(patched.ok());
  EXPECT_EQ(refusal_of(patched.error()), "422 Invalid");
}

TEST_P(ApiSuite, NotesNoManagerOfAnObjectThatIsOnlyAName) {
  const Json bare = {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "bare"}}}};
  Json labelled = bare;
  labelled["metadata"] = {{"name", "labelled"}, {"labels", {{"a", "b"}}}};

  EXPECT_TRUE(member(metadata(must_create(bare)), "managedFields").empty());
  EXPECT_FALSE(member(metadata(must_create(labelled)), "managedFields").empty());
}

TEST_P(ApiSuite, WritesAStatusOnlyWhereItIsMeant) {
  const ResourceType claims = type("", "persistentvolumeclaims");
  must_create({{"apiVersion", "v1"},
               {"kind", "PersistentVolumeClaim"},
               {"metadata", {{"name", "one"}}},
               {"spec",
                {{"accessModes", {"ReadWriteOnce"}},
                 {"storageClassName", "nobody-provides-it"},
                 {"resources", {{"requests", {{"storage", "1Gi"}}}}}}}});
  const Json change = {{"status", {{"phase", "Lost"}}}, {"metadata", {{"labels", {{"a", "b"}}}}}};
  const ObjectKey one{space, "one"};

  ASSERT_TRUE(api->patch(context, claims, one, PatchKind::merge, change, {}).ok());
  EXPECT_NE(text_at(member(api->get(context, claims, one).value(), "status"), "phase"), "Lost");
  const auto patched =
      api->patch(context, claims, one, PatchKind::merge, change, {.subresource = "status"});

  ASSERT_TRUE(patched.ok()) << patched.error().describe();
  EXPECT_EQ(text_at(member(*patched, "status"), "phase"), "Lost");
}

TEST_P(ApiSuite, RemovesAnObject) {
  must_create(config_map("one"));

  ASSERT_TRUE(api->remove(context, config_maps, {space, "one"}, {}).ok());

  EXPECT_FALSE(exists(config_maps, "one"));
  const auto again = api->remove(context, config_maps, {space, "one"}, {});
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().code, ErrorCode::not_found);
}

TEST_P(ApiSuite, RemovesOnlyTheObjectOfThatUid) {
  const Json stored = must_create(config_map("one"));
  const RemoveOptions other{.uid = "11111111-2222-3333-4444-555555555555"};

  const auto refused = api->remove(context, config_maps, {space, "one"}, other);
  const auto removed =
      api->remove(context, config_maps, {space, "one"}, {.uid = text_at(metadata(stored), "uid")});

  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refusal_of(refused.error()), "409 Conflict");
  EXPECT_TRUE(removed.ok()) << removed.error().describe();
}

TEST_P(ApiSuite, DryRunOfARemovalRemovesNothing) {
  must_create(config_map("one"));

  const auto removed = api->remove(context, config_maps, {space, "one"}, {.dry_run = DryRun::yes});

  EXPECT_TRUE(removed.ok()) << removed.error().describe();
  EXPECT_TRUE(exists(config_maps, "one"));
}

TEST_P(ApiSuite, KeepsADyingObjectUntilItsFinalizerIsGone) {
  Json body = config_map("one");
  body["metadata"]["finalizers"] = Json::array({"example.com/hold"});
  must_create(body);

  ASSERT_TRUE(api->remove(context, config_maps, {space, "one"}, {}).ok());
  const auto dying = api->get(context, config_maps, {space, "one"});
  ASSERT_TRUE(dying.ok());
  EXPECT_FALSE(text_at(metadata(*dying), "deletionTimestamp").empty());
  const auto freed = api->patch(context, config_maps, {space, "one"}, PatchKind::merge,
                                {{"metadata", {{"finalizers", nullptr}}}}, {});

  EXPECT_TRUE(freed.ok()) << freed.error().describe();
  EXPECT_FALSE(exists(config_maps, "one"));
}

}  // namespace
}  // namespace salvor::kube
