#include "repo/repository.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "objectstore/memory.h"
#include "objectstore/testing/faulty.h"
#include "objectstore/testing/whole.h"
#include "repo/blob_loader.h"
#include "repo/blob_saver.h"
#include "repo/testing/scene.h"

namespace salvor::repo {
namespace {

using objectstore::testing::Effect;
using objectstore::testing::FaultyStore;
using objectstore::testing::get_all;
using objectstore::testing::names_in;
using objectstore::testing::Operation;
using objectstore::testing::put_all;
using testing::kCheap;
using testing::kPassword;
using testing::make_repository;

class RepositoryTest : public ::testing::Test {
 protected:
  Result<Repository> open(const std::string& password = kPassword) {
    return Repository::open(context_, {*store_, "p/"}, password);
  }
  void replace(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(store_->remove(context_, name).ok());
    ASSERT_TRUE(put_all(*store_, name, bytes).ok());
  }

  static std::string make_file_of_another_key() {
    return make_key_file(new_master_key(), kPassword, {"u", "h"}, 0, kCheap);
  }

  Context context_ = background();
  std::unique_ptr<objectstore::Store> store_ = objectstore::make_memory_store();
  Repository made_ = make_repository(*store_, "p/");
};

TEST_F(RepositoryTest, OpensWithItsPassword) {
  const auto opened = open();

  ASSERT_TRUE(opened.ok()) << opened.error().message;
  EXPECT_EQ(opened->key(), made_.key());
  EXPECT_EQ(opened->config().id, made_.config().id);
  EXPECT_EQ(opened->config().polynomial, made_.config().polynomial);
}

TEST_F(RepositoryTest, TellsAWrongPasswordFromAMissingRepository) {
  EXPECT_EQ(open("wrong").error().code, ErrorCode::denied);
  EXPECT_EQ(Repository::open(context_, {*store_, "q/"}, kPassword).error().code,
            ErrorCode::not_found);
}

TEST_F(RepositoryTest, IsMadeOnlyWhenThereIsNone) {
  const KeyOwner owner{"u", "h"};

  const auto old = Repository::open_or_create(context_, {*store_, "p/"}, kPassword, owner, kCheap);
  const auto fresh = Repository::open_or_create(context_, {*store_, "q/"}, "new", owner, kCheap);

  ASSERT_TRUE(old.ok() && fresh.ok());
  EXPECT_EQ(old->config().id, made_.config().id);
  EXPECT_TRUE(Repository::open(context_, {*store_, "q/"}, "new").ok());
  EXPECT_EQ(
      Repository::open_or_create(context_, {*store_, "p/"}, "wrong", owner, kCheap).error().code,
      ErrorCode::denied);
}

TEST_F(RepositoryTest, IsMadeOnceByManyAtTheSameMoment) {
  constexpr int kMakers = 8;
  std::vector<std::string> ids(kMakers);
  {
    std::vector<std::jthread> makers;  // the point is that they are at it at once
    for (std::string& id : ids) {
      makers.emplace_back([&] {
        Context context = background();
        const auto opened =
            Repository::open_or_create(context, {*store_, "q/"}, "new", {"u", "h"}, kCheap);
        if (opened.ok()) id = opened->config().id;
      });
    }
  }

  for (const std::string& id : ids) EXPECT_EQ(id, ids.front());
  EXPECT_FALSE(ids.front().empty());
  EXPECT_EQ(names_in(*store_, "q/keys/").size(), 1U);
}

// One that was killed after its key, and before it saw that the config is another's.
TEST_F(RepositoryTest, OpensBesideTheKeyOfAMakerWhoCameTooLate) {
  for (int number = 0; number < 4; ++number) {  // before and behind ours, by chance
    const std::string key = make_file_of_another_key();
    ASSERT_TRUE(put_all(*store_, "p/keys/" + id_of(key).hex(), key).ok());
  }

  EXPECT_TRUE(open().ok());
  const auto cleaned =
      Repository::open_or_create(context_, {*store_, "p/"}, kPassword, {"u", "h"}, kCheap);
  ASSERT_TRUE(cleaned.ok());
  EXPECT_EQ(cleaned->opened_with(), made_.opened_with());
  EXPECT_EQ(names_in(*store_, "p/keys/").size(), 1U);
}

TEST_F(RepositoryTest, IsNeverMadeOverAnother) {
  const auto again = Repository::create(context_, {*store_, "p/"}, "other", {"u", "h"}, kCheap);

  EXPECT_EQ(again.error().code, ErrorCode::conflict);
  EXPECT_EQ(names_in(*store_, "p/keys/").size(), 1U);
}

TEST_F(RepositoryTest, RefusesAnEmptyPassword) {
  EXPECT_EQ(Repository::create(context_, {*store_, "q/"}, "", {"u", "h"}, kCheap).error().code,
            ErrorCode::invalid);
  EXPECT_EQ(made_.add_key(context_, "", {"u", "h"}, kCheap).error().code, ErrorCode::invalid);
}

TEST_F(RepositoryTest, OpensWithEachOfItsPasswords) {
  ASSERT_TRUE(made_.add_key(context_, "second", {"u", "h"}, kCheap).ok());

  EXPECT_EQ(open("second").value().key(), made_.key());
  const Id first = made_.opened_with();
  ASSERT_TRUE(made_.remove_key(context_, first).ok());
  EXPECT_EQ(open().error().code, ErrorCode::denied);
  EXPECT_TRUE(open("second").ok());
}

TEST_F(RepositoryTest, KeepsItsLastKey) {
  const Id only = made_.opened_with();

  EXPECT_EQ(made_.remove_key(context_, only).error().code, ErrorCode::invalid);
  EXPECT_TRUE(open().ok());
}

TEST_F(RepositoryTest, LoadsWhatItSaved) {
  const std::string text = R"({"time":"now"})";

  const Id id = made_.save(context_, FileKind::snapshot, text).value();

  EXPECT_EQ(made_.load(context_, FileKind::snapshot, id).value(), text);
  EXPECT_EQ(made_.list(context_, FileKind::snapshot).value().size(), 1U);
  EXPECT_EQ(get_all(*store_, "p/snapshots/" + id.hex())->find("time"), std::string::npos);
}

TEST_F(RepositoryTest, PassesOverNamesThatAreNoIds) {
  ASSERT_TRUE(put_all(*store_, "p/snapshots/leftover-tmp-1", "x").ok());

  EXPECT_TRUE(made_.list(context_, FileKind::snapshot).value().empty());
}

TEST_F(RepositoryTest, FindsEachFlippedByteOfAFile) {
  const Id id = made_.save(context_, FileKind::snapshot, R"({"time":"now"})").value();
  const std::string name = "p/snapshots/" + id.hex();
  const std::string bytes = get_all(*store_, name).value();
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    std::string bent = bytes;
    bent[at] = static_cast<char>(bent[at] ^ 4);
    replace(name, bent);
    EXPECT_EQ(made_.load(context_, FileKind::snapshot, id).error().code, ErrorCode::corrupt) << at;
  }
}

TEST_F(RepositoryTest, FindsADamagedConfigAndKey) {
  const std::string config = get_all(*store_, "p/config").value();
  replace("p/config", config.substr(1));
  EXPECT_EQ(open().error().code, ErrorCode::corrupt);
  replace("p/config", config);
  const std::string key = names_in(*store_, "p/keys/").at(0);
  replace(key, get_all(*store_, key).value() + " ");

  EXPECT_EQ(open().error().code, ErrorCode::corrupt);
}

TEST_F(RepositoryTest, RefusesAVersionThatItDoesNotKnow) {
  Cipher cipher(made_.key());
  for (const char* text : {R"({"version":3,"chunker_polynomial":"3da3358b4dc173"})",
                           R"({"version":2,"chunker_polynomial":"3da3358b4dc172"})", "{}", "x"}) {
    replace("p/config", cipher.sealed(text));
    EXPECT_FALSE(open().ok()) << text;
  }
  replace("p/config", cipher.sealed(R"({"version":1,"chunker_polynomial":"3da3358b4dc173"})"));
  EXPECT_TRUE(open().ok());
}

// ---- blobs

TEST_F(RepositoryTest, SavesBlobsOnce) {
  Index index;
  BlobSealer sealer(made_, 3);
  BlobSaver saver(made_, index);
  const std::string text(100'000, 'x');
  const Id id = saver.save(context_, sealer, BlobType::data, text).value();
  ASSERT_TRUE(saver.save(context_, sealer, BlobType::data, text).ok());
  ASSERT_TRUE(saver.finish(context_).ok());

  EXPECT_EQ(saver.saved().data_blobs, 1U);
  EXPECT_LT(saver.saved().packed, 1000U);
  const Index loaded = made_.load_index(context_).value();
  EXPECT_EQ(loaded.blob_count(), 1U);
  const BlobKey key{BlobType::data, id};
  EXPECT_EQ(BlobLoader(made_).load(context_, key, loaded.find(key)).value(), text);

  BlobSaver again(made_, index);
  ASSERT_TRUE(again.save(context_, sealer, BlobType::data, text).ok());
  ASSERT_TRUE(again.finish(context_).ok());
  EXPECT_EQ(made_.list_packs(context_).value().size(), 1U);
}

TEST_F(RepositoryTest, KeepsTreesAndDataInPacksOfTheirOwn) {
  Index index;
  BlobSealer sealer(made_, 3);
  BlobSaver saver(made_, index);
  ASSERT_TRUE(saver.save(context_, sealer, BlobType::data, "data").ok());
  ASSERT_TRUE(saver.save(context_, sealer, BlobType::tree, "{\"nodes\":[]}\n").ok());
  ASSERT_TRUE(saver.finish(context_).ok());

  const auto packs = made_.list_packs(context_).value();
  ASSERT_EQ(packs.size(), 2U);
  for (const StoredFile& pack : packs) {
    const auto blobs = made_.pack_contents(context_, pack).value();
    ASSERT_EQ(blobs.size(), 1U);
    EXPECT_EQ(index.find(blobs[0].key)->place, blobs[0].place);
  }
}

TEST_F(RepositoryTest, ClosesAPackWhenItIsFull) {
  Index index;
  BlobSealer sealer(made_, 3);
  BlobSaver saver(made_, index);
  for (unsigned i = 0; i < 5; ++i)
    ASSERT_TRUE(saver.save(context_, sealer, BlobType::data, testing::noise(7 << 20, i)).ok());

  ASSERT_TRUE(saver.finish(context_).ok());
  EXPECT_EQ(made_.list_packs(context_).value().size(), 2U);
}

TEST_F(RepositoryTest, FindsADamagedBlob) {
  Index index;
  BlobSealer sealer(made_, 3);
  BlobSaver saver(made_, index);
  const BlobKey key{BlobType::data,
                    saver.save(context_, sealer, BlobType::data, "some bytes").value()};
  ASSERT_TRUE(saver.finish(context_).ok());
  FaultyStore faulty(*store_);
  faulty.script(
      {.operation = Operation::read, .effect = Effect::corrupt, .name_contains = "data/"});
  const Repository bent = Repository::open(context_, {faulty, "p/"}, kPassword).value();

  const auto loaded = BlobLoader(bent).load(context_, key, index.find(key));

  EXPECT_EQ(loaded.error().code, ErrorCode::corrupt);
  EXPECT_NE(loaded.error().message.find(key.id.brief()), std::string::npos);
}

TEST_F(RepositoryTest, NamesABlobThatNoIndexHas) {
  const BlobKey key{BlobType::data, id_of("nowhere")};

  EXPECT_EQ(BlobLoader(made_).load(context_, key, std::nullopt).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace salvor::repo
