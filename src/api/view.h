// How the stored documents of one resource look to a client: stored text in, wire text out. The
// catalog keeps documents in the wire's form, so a plain list is answered by splicing texts and
// nothing is parsed; only what a client may not see is cut out.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "catalog/catalog.h"
#include "schema/resource.h"

namespace salvor::api {

// Immutable once made; any thread may call. The resource must outlive it.
class View {
 public:
  explicit View(const schema::Resource& resource);

  const schema::Resource& resource() const { return resource_; }

  // The document's fields without what clients may not see, as the text of one JSON object.
  std::string visible_text(const catalog::Document& document) const;

  // The value of `_links.related` for the fields shown, such as {"cluster": {...}}; "" when no
  // reference is among them. Of references, only top-level ones and lists of these count, as in
  // Eve. Requires: `shown` is a valid JSON object whose references are ids.
  std::string related(std::string_view shown) const;

  // One item: the fields shown, then the meta fields and `_links` with `related` and `links_tail`
  // (more members, each with its comma), then `tail` (the same for the item itself).
  std::string item(const catalog::Document& document, std::string_view shown,
                   std::string_view related, std::string_view links_tail = {},
                   std::string_view tail = {}) const;

 private:
  struct ReferenceField {
    std::string name;
    std::string link_start;  // {"title": "Kubecluster", "href": "/v1/kubeclusters/
  };
  // A member that clients may not see, or with `inside` one that has such members.
  struct Hidden {
    std::string name;
    std::vector<Hidden> inside;
  };

  std::vector<Hidden> find_hidden(const std::vector<schema::Field>& fields,
                                  const std::string& prefix);
  static std::string without(const std::vector<Hidden>& hidden, std::string_view object);

  const schema::Resource& resource_;
  std::string self_start_;
  std::vector<ReferenceField> references_;
  std::vector<Hidden> hidden_;
  bool hides_in_lists_ = false;  // then a document must be parsed to hide them
};

}  // namespace salvor::api
