#include "kube/internal/credentials.h"

#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>

#include "kube/internal/child_process.h"
#include "kube/internal/exec_credential.h"

namespace salvor::kube {
namespace {

// How long a token from a file is believed; projected tokens are renewed well before they run out.
constexpr std::chrono::seconds kFileEvery{60};
// A credential this close to its end is not started with.
constexpr EpochSeconds kSpareSeconds = 10;

class FixedCredentials final : public Credentials {
 public:
  explicit FixedCredentials(std::string token) : credential_{std::move(token), "", ""} {}
  Result<Credential> current(Context&) override { return credential_; }
  void reject(const Credential&) override {}

 private:
  const Credential credential_;
};

class FileCredentials final : public Credentials {
 public:
  explicit FileCredentials(std::string path) : path_(std::move(path)) {}

  Result<Credential> current(Context& context) override {
    const std::lock_guard lock(mutex_);
    const SteadyTime now = context.clock.steady();
    if (read_at_ && now - *read_at_ < kFileEvery) return cached_;
    std::ifstream file(path_, std::ios::binary);
    std::string token{std::istreambuf_iterator<char>(file), {}};
    token.erase(token.find_last_not_of(" \r\n\t") + 1);
    if (token.empty()) {
      return error(ErrorCode::denied, "the token file " + path_ + " is missing or empty");
    }
    cached_.token = std::move(token);
    read_at_ = now;
    return cached_;
  }

  void reject(const Credential& credential) override {
    const std::lock_guard lock(mutex_);
    if (credential == cached_) read_at_.reset();
  }

 private:
  const std::string path_;
  std::mutex mutex_;
  Credential cached_;
  std::optional<SteadyTime> read_at_;
};

class ExecCredentials final : public Credentials {
 public:
  ExecCredentials(ExecPlugin plugin, const ClusterAccess& access)
      : plugin_(std::move(plugin)), info_(exec_info(plugin_, access)) {}

  // One thread runs the plugin, others wait for its answer.
  Result<Credential> current(Context& context) override {
    const std::lock_guard lock(mutex_);
    if (cached_ && !has_run_out(context.clock.wall_seconds())) return cached_->credential;
    Command command{.program = plugin_.command,
                    .arguments = plugin_.arguments,
                    .environment = plugin_.environment};
    command.environment["KUBERNETES_EXEC_INFO"] = info_;
    Context limited = context.within(plugin_.timeout);
    auto printed = run_command(limited, command);
    if (!printed.ok()) {
      return std::move(printed)
          .error()
          .within("getting credentials")
          .with_hint(plugin_.install_hint);
    }
    TRY(cached_, read_exec_credential(*printed, plugin_.api_version));
    return cached_->credential;
  }

  void reject(const Credential& credential) override {
    const std::lock_guard lock(mutex_);
    if (cached_ && cached_->credential == credential) cached_.reset();
  }

 private:
  bool has_run_out(EpochSeconds now) const {
    return cached_->expires && now + kSpareSeconds >= *cached_->expires;
  }

  const ExecPlugin plugin_;
  const std::string info_;
  std::mutex mutex_;
  std::optional<ExecAnswer> cached_;
};

}  // namespace

std::unique_ptr<Credentials> make_credentials(const ClusterAccess& access) {
  if (const auto* token = std::get_if<StaticToken>(&access.identity)) {
    return std::make_unique<FixedCredentials>(token->token);
  }
  if (const auto* file = std::get_if<TokenFile>(&access.identity)) {
    return std::make_unique<FileCredentials>(file->path);
  }
  if (const auto* plugin = std::get_if<ExecPlugin>(&access.identity)) {
    return std::make_unique<ExecCredentials>(*plugin, access);
  }
  return std::make_unique<FixedCredentials>("");
}

}  // namespace salvor::kube
