#include "objectstore/promises.h"

#include <algorithm>

#include "base/pool.h"
#include "base/random.h"
#include "objectstore/internal/whole_objects.h"

namespace salvor::objectstore {
namespace {

using internal::get_whole;
using internal::is_there;
using internal::list_names;
using internal::put_whole;
using Names = std::vector<std::string>;

constexpr unsigned kThreads = 16;
// More than fit a page of S3's lists.
constexpr std::size_t kManyObjects = 1'050;
// More than fit a part of an upload.
constexpr std::size_t kLargeBytes = std::size_t{40} << 20;
constexpr std::size_t kWriteBytes = std::size_t{1} << 20;

Error broken(std::string what) { return error(ErrorCode::corrupt, std::move(what)); }

Result<void> expect(bool holds, const std::string& otherwise) {
  if (holds) return {};
  return broken(otherwise);
}

Result<void> expect_absent(Context& context, Store& store, const std::string& name,
                           const std::string& when) {
  TRY(const bool found, is_there(context, store, name));
  TRY_VOID(expect(!found, "an object is there " + when));
  TRY(const Names listed, list_names(context, store, name));
  return expect(listed.empty(), "an object is listed " + when);
}

Result<void> reads_back(Context& context, Store& store, const std::string& folder) {
  const std::string name = folder + "/a/b.c";
  const std::string bytes = std::string("a\0b\n", 4) + std::string(700'000, 'x');
  for (const std::string& content : {bytes, std::string()}) {
    const std::string here = name + std::to_string(content.size());
    TRY_VOID(put_whole(context, store, here, content));
    TRY(const std::string back, get_whole(context, store, here));
    TRY_VOID(expect(back == content, "other bytes came back than were written"));
    TRY(const ObjectInfo info, store.stat(context, here));
    TRY_VOID(expect(info.size_bytes == content.size(), "an object's size is told wrong"));
  }
  return {};
}

Result<void> reads_ranges(Context& context, Store& store, const std::string& folder) {
  const std::string name = folder + "/digits";
  TRY_VOID(put_whole(context, store, name, "0123456789"));
  struct Part {
    std::uint64_t offset;
    std::string bytes;
  };
  for (const Part& part : {Part{0, "0123456789"}, Part{3, "3456"}, Part{9, "9"}, Part{10, ""}}) {
    std::string to(part.bytes.size(), 'x');
    TRY_VOID(store.read(context, name, part.offset, to));
    TRY_VOID(expect(to == part.bytes, "another part came than was asked for"));
  }
  for (const std::uint64_t offset : {std::uint64_t{3}, std::uint64_t{11}, ~std::uint64_t{0}}) {
    std::string to(8, 'x');
    const auto read = store.read(context, name, offset, to);
    TRY_VOID(expect(!read.ok(), "bytes came that the object does not have"));
    if (read.error().code != ErrorCode::corrupt) return read.error();
  }
  return {};
}

Result<void> writes_once(Context& context, Store& store, const std::string& folder) {
  const std::string name = folder + "/once";
  TRY_VOID(put_whole(context, store, name, "first"));
  const auto again = put_whole(context, store, name, "second");
  TRY_VOID(expect(!again.ok(), "a name that was taken was written again"));
  if (again.error().code != ErrorCode::conflict) return again.error();
  TRY(const std::string back, get_whole(context, store, name));
  return expect(back == "first", "an object was overwritten");
}

// Both see a free name when they begin; the server has to refuse the second.
Result<void> lets_one_win(Context& context, Store& store, const std::string& folder) {
  const std::string name = folder + "/raced";
  TRY(const auto one, store.put(context, name));
  TRY(const auto two, store.put(context, name));
  TRY_VOID(one->write(context, "one"));
  TRY_VOID(two->write(context, "two"));
  TRY_VOID(two->finish(context));
  const auto late = one->finish(context);
  TRY_VOID(expect(!late.ok(), "the second of two writers overwrote what the first had written"));
  if (late.error().code != ErrorCode::conflict) return late.error();
  TRY(const std::string back, get_whole(context, store, name));
  return expect(back == "two", "the writer who was refused wrote nevertheless");
}

Result<void> shows_whole_objects(Context& context, Store& store, const std::string& folder) {
  for (const std::size_t size : {std::size_t{4}, kLargeBytes}) {
    const std::string name = folder + "/half" + std::to_string(size);
    {
      TRY(const auto upload, store.put(context, name));
      const std::string piece(std::min(size, kWriteBytes), 'x');
      for (std::size_t done = 0; done < size; done += piece.size())
        TRY_VOID(upload->write(context, piece));
      TRY_VOID(expect_absent(context, store, name, "before it was finished"));
    }
    TRY_VOID(expect_absent(context, store, name, "whose upload was given up"));
  }
  return {};
}

Result<void> is_seen_at_once(Context& context, Store& store, const std::string& folder) {
  for (int i = 0; i < 10; ++i) {
    const std::string name = folder + "/new" + std::to_string(i);
    TRY_VOID(expect_absent(context, store, name, "before it was written"));
    TRY_VOID(put_whole(context, store, name, name));
    TRY(const bool found, is_there(context, store, name));
    TRY(const Names listed, list_names(context, store, name));
    TRY_VOID(expect(found, "an object is not found right after it was written"));
    TRY_VOID(expect(listed == Names{name}, "an object is not listed right after it was written"));
    TRY_VOID(store.remove(context, name));
    TRY_VOID(expect_absent(context, store, name, "right after it was removed"));
  }
  return {};
}

Result<void> lists_prefixes(Context& context, Store& store, const std::string& folder) {
  const std::string at = folder + "/";
  const auto in_folder = [&](Names names) {
    for (std::string& name : names) name.insert(0, at);
    return names;
  };
  for (const std::string& name : in_folder({"b/2", "a", "b/10", "b-x", "bb/1", "c/d/e"}))
    TRY_VOID(put_whole(context, store, name, "x"));
  struct Asked {
    std::string prefix;
    Names names;
  };
  for (const Asked& asked :
       {Asked{"", {"a", "b-x", "b/10", "b/2", "bb/1", "c/d/e"}}, Asked{"b/", {"b/10", "b/2"}},
        Asked{"b", {"b-x", "b/10", "b/2", "bb/1"}}, Asked{"c/d/e", {"c/d/e"}}, Asked{"c/d/ef", {}},
        Asked{"nothing/there", {}}}) {
    TRY(const Names listed, list_names(context, store, at + asked.prefix));
    TRY_VOID(expect(listed == in_folder(asked.names),
                    "a list does not hold the objects of its prefix in the order of their names"));
  }
  return {};
}

Result<void> lists_pages(Context& context, Store& store, const std::string& folder) {
  const auto name_of = [&](std::size_t i) {
    return folder + "/many/" + std::to_string(100'000 + i);
  };
  const auto put_number = [&](std::size_t i) -> Result<void> {
    TRY_VOID(context.check());
    return put_whole(context, store, name_of(i), "x");
  };
  TRY_VOID(for_each_number(kThreads, kManyObjects, put_number));
  Names expected;
  for (std::size_t i = 0; i < kManyObjects; ++i) expected.push_back(name_of(i));
  TRY(const Names listed, list_names(context, store, folder + "/many/"));
  return expect(listed == expected, "of " + std::to_string(kManyObjects) + " objects " +
                                        std::to_string(listed.size()) + " are listed");
}

Result<void> takes_all_names(Context& context, Store& store, const std::string& folder) {
  const std::string every = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  Names names;
  for (const char* name : {"..a", "a..", "...", "-", "_.-/A.Z-0", "case", "CASE"})
    names.push_back(folder + "/" + name);
  names.push_back(folder + "/" + every);
  names.push_back(folder + "/" + std::string(255, 'a'));
  for (const std::string& name : names) TRY_VOID(put_whole(context, store, name, name));
  for (const std::string& name : names) {
    TRY(const std::string back, get_whole(context, store, name));
    TRY_VOID(expect(back == name, "object " + name + " is another's"));
  }
  std::sort(names.begin(), names.end());
  TRY(const Names listed, list_names(context, store, folder + "/"));
  return expect(listed == names, "names are listed otherwise than they were written");
}

Result<void> removes(Context& context, Store& store, const std::string& folder) {
  const std::string name = folder + "/a/b/c";
  TRY_VOID(put_whole(context, store, name, "x"));
  TRY_VOID(store.remove(context, folder + "/a/b"));
  TRY(const bool stays, is_there(context, store, name));
  TRY_VOID(expect(stays, "an object went with another of a shorter name"));
  TRY_VOID(store.remove(context, name));
  TRY_VOID(store.remove(context, name).within("removing what is not there"));
  TRY_VOID(expect_absent(context, store, name, "after it was removed"));
  return put_whole(context, store, name, "again");
}

Result<void> keeps_large_objects(Context& context, Store& store, const std::string& folder) {
  const std::string name = folder + "/large";
  // No two pieces are alike, so that none can stand in another's place.
  const auto piece_at = [](std::size_t offset) {
    std::string piece;
    while (piece.size() < kWriteBytes) piece += std::to_string(offset + piece.size()) + ",";
    piece.resize(kWriteBytes);
    return piece;
  };
  {
    TRY(const auto upload, store.put(context, name));
    for (std::size_t done = 0; done < kLargeBytes; done += kWriteBytes)
      TRY_VOID(upload->write(context, piece_at(done)));
    TRY_VOID(upload->finish(context));
  }
  TRY(const std::string back, get_whole(context, store, name));
  TRY_VOID(expect(back.size() == kLargeBytes, "a large object has another size"));
  for (std::size_t done = 0; done < kLargeBytes; done += kWriteBytes)
    TRY_VOID(expect(back.compare(done, kWriteBytes, piece_at(done)) == 0,
                    "a large object has other bytes"));
  return {};
}

Result<void> serves_many(Context& context, Store& store, const std::string& folder) {
  const auto come_and_go = [&](std::size_t i) -> Result<void> {
    const std::string name = folder + "/shared/" + std::to_string(i);
    TRY_VOID(put_whole(context, store, name, name));
    TRY(const std::string back, get_whole(context, store, name));
    TRY_VOID(expect(back == name, "other bytes came back than were written"));
    return store.remove(context, name);
  };
  TRY_VOID(for_each_number(kThreads, 100, come_and_go));
  TRY(const Names left, list_names(context, store, folder + "/"));
  return expect(left.empty(), "an object is there that was removed");
}

// As much as can be; the first failure.
Result<void> empty_folder(Store& store, const Context& context, const std::string& folder) {
  // Also after a stop.
  Context patient{context.clock, context.log, {}, {}};
  TRY(const Names found, list_names(patient, store, folder + "/"));
  TRY_VOID(for_each_number(kThreads, found.size(),
                           [&](std::size_t i) { return store.remove(patient, found[i]); }));
  TRY(const Names left, list_names(patient, store, folder + "/"));
  return expect(left.empty(), "some objects could not be removed");
}

}  // namespace

const std::vector<Promise>& promises() {
  static const std::vector<Promise> kAll = {
      {"write-read", "What was written comes back, byte for byte", reads_back},
      {"range-reads", "Parts of an object can be read", reads_ranges},
      {"write-once", "A name that is taken is not written again", writes_once},
      {"one-winner", "Of two who write one name at the same time one is refused", lets_one_win},
      {"whole-objects", "Nothing is seen of an object before it is finished", shows_whole_objects},
      {"read-after-write", "What was written or removed is seen so at once", is_seen_at_once},
      {"lists", "Lists are whole and in the order of names", lists_prefixes},
      {"list-pages", "Lists of more than a page are whole", lists_pages},
      {"names", "All allowed names are told apart", takes_all_names},
      {"remove", "Objects are removed, and missing ones are no error", removes},
      {"large-objects", "Objects of many parts come back", keeps_large_objects},
      {"many-at-once", "Many can write, read and remove at the same time", serves_many},
  };
  return kAll;
}

bool Verification::is_good() const {
  return !left_behind && std::none_of(findings.begin(), findings.end(), [](const Finding& finding) {
    return finding.failure.has_value();
  });
}

Verification verify(Context& context, Store& store, const OnFinding& on_finding) {
  Verification made{.folder = "salvor-verify-" + hex(random_bytes(8))};
  for (const Promise& promise : promises()) {
    const SteadyTime began = context.clock.steady();
    Result<void> kept = context.check();
    if (kept.ok()) kept = promise.keep(context, store, made.folder + "/" + promise.name);
    Finding finding{.promise = &promise, .took = context.clock.steady() - began};
    if (!kept.ok()) finding.failure = std::move(kept).error();
    on_finding(finding);
    made.findings.push_back(std::move(finding));
  }
  const Result<void> emptied = empty_folder(store, context, made.folder);
  if (!emptied.ok()) made.left_behind = emptied.error();
  return made;
}

}  // namespace salvor::objectstore
