#include "repo/index.h"

#include <fmt/format.h>

#include <iterator>
#include <limits>

#include "repo/blob_opener.h"
#include "repo/internal/json_reader.h"

namespace salvor::repo {
namespace {

using internal::JsonObject;

Error not_an_index(const std::string& why) {
  return error(ErrorCode::corrupt, "the index is damaged: " + why);
}

const char* to_string(BlobType type) { return type == BlobType::tree ? "tree" : "data"; }

Result<Id> id_in(std::string_view text) {
  const auto id = parse_id(text);
  if (!id) return not_an_index("an id is not 64 hex digits");
  return *id;
}

Result<std::uint32_t> u32(std::uint64_t number) {
  if (number > std::numeric_limits<std::uint32_t>::max())
    return not_an_index("a number has more than 32 bits");
  return static_cast<std::uint32_t>(number);
}

Result<PackedBlob> read_blob(JsonObject object) {
  PackedBlob blob;
  bool has_id = false;
  TRY_VOID(object.each([&](std::string_view name, internal::JsonValue value) -> Result<void> {
    if (name == "id") {
      TRY(const std::string_view text, value.text());
      TRY(blob.key.id, id_in(text));
      has_id = true;
    } else if (name == "type") {
      TRY(const std::string_view type, value.text());
      if (type != "data" && type != "tree") return not_an_index("a blob of an unknown type");
      blob.key.type = type == "tree" ? BlobType::tree : BlobType::data;
    } else if (name == "offset" || name == "length" || name == "uncompressed_length") {
      TRY(const std::uint64_t number, value.number());
      std::uint32_t& field = name == "offset"   ? blob.place.offset
                             : name == "length" ? blob.place.length
                                                : blob.place.plain_length;
      TRY(field, u32(number));
    }
    return {};
  }));
  if (!has_id) return not_an_index("a blob without its id");
  if (blob.place.length > kBlobMax) return not_an_index("a blob is larger than 1 GiB");
  return blob;
}

Result<PackContents> read_pack(JsonObject object) {
  PackContents pack;
  bool has_id = false;
  TRY_VOID(object.each([&](std::string_view name, internal::JsonValue value) -> Result<void> {
    if (name == "id") {
      TRY(const std::string_view text, value.text());
      TRY(pack.pack, id_in(text));
      has_id = true;
    } else if (name == "blobs") {
      return value.each_object([&](JsonObject blob) -> Result<void> {
        TRY(const PackedBlob read, read_blob(blob));
        pack.blobs.push_back(read);
        return {};
      });
    }
    return {};
  }));
  if (!has_id) return not_an_index("a pack without its id");
  return pack;
}

}  // namespace

// By hand: an index has tens of thousands of blobs, and values of them would take more memory than
// all else.
std::string index_json(const std::vector<PackContents>& packs) {
  std::string text = R"({"packs":[)";
  const auto out = std::back_inserter(text);
  for (const PackContents& pack : packs) {
    if (text.back() != '[') text += ',';
    fmt::format_to(out, R"({{"id":"{}","blobs":[)", pack.pack.hex());
    for (const auto& [key, place] : pack.blobs) {
      if (text.back() != '[') text += ',';
      fmt::format_to(out, R"({{"id":"{}","type":"{}","offset":{},"length":{})", key.id.hex(),
                     to_string(key.type), place.offset, place.length);
      if (place.is_compressed())
        fmt::format_to(out, R"(,"uncompressed_length":{})", place.plain_length);
      text += '}';
    }
    text += "]}";
  }
  return text + "]}\n";
}

Result<void> read_index(std::string text, const PackSink& sink) {
  return internal::read_json_object(std::move(text), [&](JsonObject index) {
    return index.each([&](std::string_view name, internal::JsonValue value) -> Result<void> {
      if (name != "packs") return {};
      return value.each_object([&](JsonObject object) -> Result<void> {
        TRY(PackContents pack, read_pack(object));
        return sink(std::move(pack));
      });
    });
  });
}

void Index::add(const PackContents& pack) {
  const auto number = static_cast<std::uint32_t>(packs_.size());
  packs_.push_back(pack.pack);
  for (const PackedBlob& blob : pack.blobs) {
    if (contains(blob.key)) continue;
    if (4 * (entries_.size() + 1) > 3 * slots_.size()) grow();
    entries_.push_back({blob.key.id, number, blob.place, blob.key.type});
    put(static_cast<std::uint32_t>(entries_.size() - 1));
  }
}

std::optional<Index::Found> Index::find(const BlobKey& key) const {
  const Entry* const entry = slot_of(key);
  if (entry == nullptr) return std::nullopt;
  return Found{packs_[entry->pack], entry->place};
}

void Index::each(const std::function<void(const BlobKey&, const Found&)>& sink) const {
  for (const Entry& entry : entries_)
    sink({entry.type, entry.id}, {packs_[entry.pack], entry.place});
}

void Index::each_pack(const std::function<void(const Id&)>& sink) const {
  for (const Id& pack : packs_) sink(pack);
}

std::size_t Index::first_slot(const BlobKey& key) const {
  return IdHash{}(key.id) & (slots_.size() - 1);
}

const Index::Entry* Index::slot_of(const BlobKey& key) const {
  if (slots_.empty()) return nullptr;
  for (std::size_t slot = first_slot(key);; slot = (slot + 1) & (slots_.size() - 1)) {
    if (slots_[slot] == 0) return nullptr;
    const Entry& entry = entries_[slots_[slot] - 1];
    if (entry.id == key.id && entry.type == key.type) return &entry;
  }
}

void Index::put(std::uint32_t entry) {
  std::size_t slot = first_slot({entries_[entry].type, entries_[entry].id});
  while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
  slots_[slot] = entry + 1;
}

void Index::grow() {
  slots_.assign(slots_.empty() ? 1024 : 2 * slots_.size(), 0);
  for (std::uint32_t entry = 0; entry < entries_.size(); ++entry) put(entry);
}

}  // namespace salvor::repo
