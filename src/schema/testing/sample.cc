#include "schema/testing/sample.h"

namespace salvor::schema {

const Resource& sample_resource() {
  static const Resource resource{
      .path = "widgets",
      .title = "Widget",
      .doc = "A thing.",
      .fields =
          {
              {"name", string(1, 16), required | unique, "Its name."},
              {"state", string().one_of({"PENDING", "READY"}).by_default("PENDING"), indexed,
               "Its state."},
              {"size", integer(0, 100), indexed, "Its size."},
              {"weight", number(), optional, "Its weight."},
              {"ready", boolean(), indexed, "Whether it is."},
              {"shiny", boolean(), optional, "Whether it is."},
              {"owner", reference("widgets"), indexed, "Another widget."},
              {"note", string(), nullable | indexed, "A text or null."},
              {"labels", map(string()), optional, "Free texts."},
              {"tags", map(any()), optional, "Free values."},
              {"words", list(string()).at_most(4), optional, "Some texts."},
              {"numbers", list(integer()), optional, "Some numbers."},
              {"friends", list(reference("widgets")), optional, "Other widgets."},
              {"place",
               dict({{"zone", string(), indexed, "Where."},
                     {"floor", integer(0), required, "How high."},
                     {"lit", boolean().by_default(true), optional, "Whether it is."}}),
               optional, "Where it is."},
              {"parts",
               list(dict({{"name", string(), required, "Its name."},
                          {"weight", integer().by_default(1), optional, "Its weight."}})),
               optional, "What it is made of."},
              {"extra", any(), optional, "Anything."},
              {"prefix", string().matching(dns_label_start()), optional, "Start of a name."},
              {"password", string(1, 100), write_only, "A secret."},
              {"origin", string(), read_only, "Where it came from."},
              {"status",
               dict({{"state", string().by_default("NEW"), optional, "Its state."},
                     {"otp", string(), internal, "A secret."}})
                   .by_default(Json::object()),
               server_owned, "What the server knows."},
              {"lease",
               dict({{"holder", string(), optional, "Who."},
                     {"expires", integer(), indexed, "When."}}),
               internal, "Who works on it."},
          },
      .indexes = {{"state", "size"}},
      .actions = {{.name = "run",
                   .doc = "Runs it.",
                   .request = {{"times", integer(1).by_default(1), optional, "How often."}}},
                  {.name = "parts-list", .doc = "Lists its parts.", .is_query = true}},
      .example = {{"name", "a"}},
  };
  return resource;
}

}  // namespace salvor::schema
