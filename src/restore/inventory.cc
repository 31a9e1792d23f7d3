#include "restore/inventory.h"

#include <map>

#include "archive/reader.h"
#include "restore/references.h"
#include "restore/render.h"
#include "restore/scan.h"

namespace salvor::restore {
namespace {

// Copies as the archive has them, perhaps before their item.
using Copies = std::vector<std::pair<archive::ItemName, std::size_t>>;

// Gives each item its copies. One without an item was made after the items were listed.
void add_copies(Inventory& inventory, const Copies& copies) {
  if (copies.empty()) return;
  std::map<ObjectName, Item*> by_name;
  for (Item& item : inventory.items) by_name.emplace(item.object_name(), &item);
  for (const auto& [name, number] : copies) {
    const auto found = by_name.find({name.group_resource, name.namespace_name, name.name});
    if (found == by_name.end() || found->second->name.version == name.version) continue;
    found->second->copies.emplace(name.version, number);
    inventory.copy_numbers[found->second->number].emplace(name.version, number);
  }
}

// An object that cannot be read costs the restore this one item.
Item item_in(const archive::ItemName& name, std::size_t number, std::string_view text,
             const Options& options, AggregatedRoles& roles) {
  Item item;
  const auto object = parse_json(text);
  if (object.ok() && member(*object, "metadata").is_object()) {
    item = scan(name, *object, options);
  } else {
    item.name = name;
    item.skip = Reason::damaged_item;
  }
  item.number = number;
  if (!item.skip) roles.note(item, *object);
  return item;
}

}  // namespace

Result<Inventory> unpack(Context& context, const archive::Source& source,
                         const archive::ArchiveSeal& seal, const Options& options,
                         const std::string& scratch_folder) {
  TRY(archive::Spool spool, archive::Spool::create(scratch_folder));
  TRY(archive::Spool copies, archive::Spool::create(scratch_folder));
  Inventory inventory{std::move(spool), std::move(copies), {}, {}};
  Copies found;
  AggregatedRoles roles;
  const auto keep = [&](const archive::ItemName& name, std::string_view text) -> Result<void> {
    TRY(const std::size_t number, inventory.spool.append(text));
    inventory.items.push_back(item_in(name, number, text, options, roles));
    return {};
  };
  const auto keep_copy = [&](const archive::ItemName& name, std::string_view text) -> Result<void> {
    TRY(const std::size_t number, inventory.copies.append(text));
    found.emplace_back(name, number);
    return {};
  };
  TRY_VOID(archive::read_items(context, source, seal, {keep, keep_copy})
               .within("reading the recovery point's objects"));
  add_copies(inventory, found);
  roles.add_needs(inventory.items);
  return inventory;
}

Result<Json> object_of(const Step& step, const Inventory& inventory) {
  if (step.item < 0 && step.makes_namespace()) return bare_namespace(step.target_name);
  if (step.item < 0) return Json::object();
  const auto number = static_cast<std::size_t>(step.item);
  TRY(const std::string text,
      step.from_copy
          ? inventory.copies.load(inventory.copy_numbers.at(number).at(step.type.version))
          : inventory.spool.load(number));
  return parse_object(text);
}

}  // namespace salvor::restore
