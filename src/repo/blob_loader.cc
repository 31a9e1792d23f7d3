#include "repo/blob_loader.h"

namespace salvor::repo {

Result<std::string> BlobLoader::load(Context& context, const BlobKey& key,
                                     const std::optional<Index::Found>& found) {
  if (!found) {
    return error(ErrorCode::not_found, "no index has blob " + key.id.brief())
        .with_hint("run check; repair index finds blobs again that only an index has lost");
  }
  TRY(std::string sealed,
      blocks_.read(context, found->pack, found->place.offset, found->place.length));
  TRY(const std::string_view plain,
      opener_.open(sealed, {key, found->place}).within("in pack " + found->pack.brief()));
  return std::string(plain);
}

}  // namespace salvor::repo
