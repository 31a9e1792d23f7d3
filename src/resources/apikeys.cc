#include "resources/internal/fields.h"

namespace salvor::resources {

const Resource& api_keys() {
  static const Resource resource{
      .path = "apikeys",
      .title = "Apikey",
      .doc = "A key for the API. Its text is shown once, in the answer to the POST.",
      .fields =
          {
              name_field(unique),
              {"description", string(), optional, "Shown to people."},
              owner_field(),
              tags_field(),
              {"snippet", string(0, 5), server_owned, "The key's last characters."},
              {"org_role", string().one_of({"USER", "ADMIN"}).by_default("USER"), optional,
               "An ADMIN may do everything."},
              {"acls",
               list(dict({
                        {"resource", string(), required, "Resource, or \"allresources\"."},
                        {"resourceIds", list(string()).by_default(Json::array()), optional,
                         "Only these documents; all if empty."},
                        {"permissions", list(string()).by_default(Json::array()), optional,
                         "Such as \"kuberestores.create\"."},
                        {"roles", list(any()).by_default(Json::array()), optional, "Roles."},
                    }))
                   .by_default(Json::array()),
               optional, "What a USER may do."},
              {"hash", string(), internal | unique, "Hash of the key."},
          },
      .example = {{"name", "ci"}, {"org_role", "USER"}},
  };
  return resource;
}

}  // namespace salvor::resources
