#include "restore/owner_links.h"

#include <algorithm>
#include <unordered_map>

namespace salvor::restore {
namespace {

// Colours of the depth-first search that finds references which close a circle.
enum class Mark : char { fresh, open, closed };

class Linker {
 public:
  Linker(const std::vector<Item>& items, std::vector<Step>& steps) : items_(items), steps_(steps) {
    for (const Step& step : steps) {
      if (step.item >= 0) by_uid_[items[static_cast<std::size_t>(step.item)].uid] = step.number;
    }
  }

  void run() {
    for (Step& step : steps_) link(step);
    marks_.assign(steps_.size(), Mark::fresh);
    for (const StepNumber root : by_name()) {
      if (marks_[root] == Mark::fresh) break_circles(root);
    }
    for (Step& step : steps_) add_needs(step);
  }

 private:
  void link(Step& step) {
    if (step.item < 0 || step.action == Action::none) return;
    const Item& item = items_[static_cast<std::size_t>(step.item)];
    const std::string_view foreign = rule_for(item.name.group_resource).foreign_owner;
    const bool is_needed_early = is_ground(step, item);
    for (std::uint32_t i = 0; i < item.owners.size(); ++i) {
      const Owner& owner = item.owners[i];
      if (!foreign.empty() && owner.kind == foreign) continue;
      OwnerLink link{OwnerLink::How::lookup, 0, i};
      const auto found = by_uid_.find(owner.uid);
      if (found != by_uid_.end() && !owner.uid.empty() && is_made(found->second) &&
          may_own(found->second, step)) {
        // One that comes later, such as a custom resource that owns Secrets, may itself be waiting
        // for this object: it is linked afterwards.
        const bool is_late = is_needed_early || steps_[found->second].wave > step.wave;
        link = {is_late ? OwnerLink::How::late : OwnerLink::How::step, found->second, i};
      }
      step.owners.push_back(link);
    }
  }

  // What all others stand on, namespaces and definitions, waits for nobody: it would take
  // everything in it along to its owner's wave, or even wait for what waits for it.
  static bool is_ground(const Step& step, const Item& item) {
    return step.makes_namespace() || item.defines != nullptr;
  }

  // Which link of a circle is the late one must not depend on the order of the archive.
  std::vector<StepNumber> by_name() const {
    std::vector<StepNumber> order(steps_.size());
    for (StepNumber i = 0; i < order.size(); ++i) order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](StepNumber a, StepNumber b) { return steps_[a].source < steps_[b].source; });
    return order;
  }

  bool is_made(StepNumber number) const { return steps_[number].action != Action::none; }

  // An owner is of the same namespace or of none; any other reference is void (Kubernetes
  // documentation, "Owners and Dependents").
  bool may_own(StepNumber owner, const Step& step) const {
    const std::string& home = steps_[owner].target_namespace;
    return home.empty() || home == step.target_namespace;
  }

  // Iterative, since a chain of owners is as deep as its users like.
  void break_circles(StepNumber root) {
    struct Frame {
      StepNumber step;
      std::size_t next;
    };
    std::vector<Frame> stack{{root, 0}};
    marks_[root] = Mark::open;
    while (!stack.empty()) {
      Frame& frame = stack.back();
      Step& step = steps_[frame.step];
      if (frame.next == step.owners.size()) {
        marks_[frame.step] = Mark::closed;
        stack.pop_back();
        continue;
      }
      OwnerLink& link = step.owners[frame.next++];
      if (link.how != OwnerLink::How::step) continue;
      if (marks_[link.owner] == Mark::open) {
        link.how = OwnerLink::How::late;
      } else if (marks_[link.owner] == Mark::fresh) {
        marks_[link.owner] = Mark::open;
        stack.push_back({link.owner, 0});
      }
    }
  }

  static void add_needs(Step& step) {
    for (const OwnerLink& link : step.owners) {
      if (link.how == OwnerLink::How::step) step.needs.push_back(link.owner);
    }
  }

  const std::vector<Item>& items_;
  std::vector<Step>& steps_;
  std::unordered_map<std::string, StepNumber> by_uid_;
  std::vector<Mark> marks_;
};

}  // namespace

void link_owners(const std::vector<Item>& items, std::vector<Step>& steps) {
  Linker(items, steps).run();
}

}  // namespace salvor::restore
