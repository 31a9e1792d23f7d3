#include "cli/kinds.h"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

#include "cli/exit_code.h"
#include "cli/kind_columns.h"
#include "resources/all.h"

namespace salvor::cli {
namespace {

struct ExtraWords {
  const char* path;
  std::vector<std::string> words;
};

// Words that do not follow from a resource's path.
const std::vector<ExtraWords>& extra_words() {
  static const std::vector<ExtraWords> rows = {
      {"backupinstances", {"recoverypoints", "recoverypoint", "points", "point"}},
      {"kubepvcprogress", {"progress"}},
      {"kubepvclaims", {"claims", "pvcs", "pvc", "claim"}},
      {"kubeoffloads", {"copies", "copy"}},
      {"kuberestoreitems", {"items", "item"}},
      {"kuberestoreplans", {"plans", "plan"}},
      {"kuberestoreplanitems", {"planitems", "planitem"}},
      {"objectstores", {"stores", "store"}},
  };
  return rows;
}

std::string singular(const std::string& word) {
  if (word.ends_with("ies")) return word.substr(0, word.size() - 3) + "y";
  if (word.ends_with("sses")) return word.substr(0, word.size() - 2);
  if (word.ends_with("s") && !word.ends_with("ss")) return word.substr(0, word.size() - 1);
  return word;
}

// "kubeclusters": itself, kubecluster, clusters, cluster; then the extra words.
std::vector<std::string> words_for(const std::string& path) {
  std::vector<std::string> words = {path, singular(path)};
  if (path.starts_with("kube")) {
    words.push_back(path.substr(4));
    words.push_back(singular(path.substr(4)));
  }
  for (const ExtraWords& row : extra_words()) {
    if (row.path == path) words.insert(words.end(), row.words.begin(), row.words.end());
  }
  return words;
}

// Edit distance of at most one insertion, deletion, change or two: near enough for a slip.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = corner + (a[i - 1] == b[j - 1] ? 0 : 1);
      corner = row[j];
      row[j] = std::min({change, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

std::string lower(std::string word) {
  for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return word;
}

}  // namespace

Kinds::Kinds(const std::vector<const schema::Resource*>& resources) {
  for (const schema::Resource* resource : resources) {
    kinds_.push_back({resource, words_for(resource->path), columns_for(*resource)});
  }
}

const Kind* Kinds::find(const std::string& word) const {
  const std::string wanted = lower(word);
  for (const Kind& kind : kinds_) {
    if (std::count(kind.words.begin(), kind.words.end(), wanted) > 0) return &kind;
  }
  return nullptr;
}

Result<const Kind*> Kinds::require(const std::string& word) const {
  if (const Kind* kind = find(word)) return kind;
  std::string paths;
  for (const Kind& kind : kinds_) {
    for (const std::string& known : kind.words) {
      if (distance(lower(word), known) <= 2) {
        return usage_error("there is no resource '" + word + "'", "did you mean " + known + "?");
      }
    }
    paths += (paths.empty() ? "" : ", ") + kind.path();
  }
  return usage_error("there is no resource '" + word + "'", "there are: " + paths);
}

const Kinds& kinds() {
  static const Kinds ours(resources::all());
  return ours;
}

}  // namespace salvor::cli
