#include "server/settings.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace salvor::server {
namespace {

Error wrong(std::string_view flag, const std::string& expected) {
  return error(ErrorCode::invalid, std::string(flag) + " takes " + expected)
      .with_hint("salvor serve --help lists all settings");
}

Result<unsigned> number(std::string_view flag, const std::string& text, unsigned least,
                        unsigned most) {
  unsigned value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc() && end == text.data() + text.size() && value >= least && value <= most)
    return value;
  return wrong(flag, "a number from " + std::to_string(least) + " to " + std::to_string(most));
}

Result<void> set_listen(Settings& settings, const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0)
    return wrong("--listen", "ADDRESS:PORT, such as 127.0.0.1:8080");
  TRY(const unsigned port, number("--listen", text.substr(colon + 1), 0, 65535));
  settings.address = text.substr(0, colon);
  if (settings.address.starts_with('[') && settings.address.ends_with(']')) {
    settings.address = settings.address.substr(1, settings.address.size() - 2);
  }
  settings.port = static_cast<std::uint16_t>(port);
  return {};
}

Result<void> set_log_level(Settings& settings, const std::string& text) {
  constexpr std::array<std::pair<std::string_view, LogLevel>, 4> levels = {
      {{"debug", LogLevel::debug},
       {"info", LogLevel::info},
       {"warning", LogLevel::warning},
       {"error", LogLevel::error}}};
  for (const auto& [name, level] : levels) {
    if (name != text) continue;
    settings.log_level = level;
    return {};
  }
  return wrong("--log-level", "debug, info, warning or error");
}

template <std::string Settings::*field>
Result<void> set_text(Settings& settings, const std::string& text) {
  settings.*field = text;
  return {};
}

constexpr SettingRow kRows[] = {
    {"--data", "DIR", "salvor-data",
     "Folder for the catalog, the backups and the keys; made if missing.",
     set_text<&Settings::data>},
    {"--listen", "ADDRESS:PORT", "127.0.0.1:8080",
     "Where the API is served; port 0 lets the system choose.", set_listen},
    {"--tls-certificate", "FILE", "none",
     "PEM file with the server's certificate chain; with --tls-key the API speaks HTTPS.",
     set_text<&Settings::tls_certificate>},
    {"--tls-key", "FILE", "none", "PEM file with the private key of --tls-certificate.",
     set_text<&Settings::tls_key>},
    {"--base-url", "URL", "none",
     "What clients see before /api, for Location headers behind a proxy.",
     set_text<&Settings::base_url>},
    {"--cors-origin", "ORIGIN", "none",
     "A web page's origin that may call the API; may be repeated.",
     [](Settings& settings, const std::string& text) -> Result<void> {
       settings.cors_origins.push_back(text);
       return {};
     }},
    {"--log-level", "LEVEL", "info", "debug, info, warning or error.", set_log_level},
    {"--jobs", "N", "4", "Jobs that run at once.",
     [](Settings& settings, const std::string& text) -> Result<void> {
       TRY(settings.jobs, number("--jobs", text, 1, 256));
       return {};
     }},
    {"--writes-in-flight", "N", "64", "Writes of one restore that are under way at once.",
     [](Settings& settings, const std::string& text) -> Result<void> {
       TRY(settings.writes_in_flight, number("--writes-in-flight", text, 1, 512));
       return {};
     }},
    {"--mover-image", "IMAGE", "none",
     "Container image of this program, for the pods that move volumes' data to and from copies.",
     set_text<&Settings::mover_image>},
    {"--mover-namespace", "NAME", "salvor-movers",
     "Namespace of those pods in each cluster; made if missing.",
     set_text<&Settings::mover_namespace>},
};

const SettingRow* find_row(std::string_view flag) {
  const auto found = std::find_if(std::begin(kRows), std::end(kRows),
                                  [&](const SettingRow& row) { return row.flag == flag; });
  return found == std::end(kRows) ? nullptr : found;
}

}  // namespace

std::span<const SettingRow> setting_rows() { return kRows; }

Result<Settings> parse_settings(const std::vector<std::string>& words) {
  Settings settings;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    const std::string flag = words[i].substr(0, equals);
    const SettingRow* row = find_row(flag);
    if (row == nullptr) {
      return error(ErrorCode::invalid, "unknown setting " + flag)
          .with_hint("salvor serve --help lists all settings");
    }
    if (equals == std::string::npos && i + 1 == words.size())
      return wrong(flag, std::string(row->value));
    TRY_VOID(
        row->set(settings, equals == std::string::npos ? words[++i] : words[i].substr(equals + 1)));
  }
  if (settings.tls_certificate.empty() != settings.tls_key.empty()) {
    return error(ErrorCode::invalid, "--tls-certificate and --tls-key go together");
  }
  return settings;
}

std::string settings_help() {
  std::string text =
      "Serves the API, and runs backups and restores.\n\nUsage: salvor serve [SETTINGS]\n\n";
  for (const SettingRow& row : kRows) {
    std::string left = "  " + std::string(row.flag) + " " + std::string(row.value);
    left.resize(std::max<std::size_t>(left.size() + 2, 32), ' ');
    text += left + std::string(row.doc) + " Default: " + std::string(row.fallback) + "\n";
  }
  return text;
}

std::string settings_page() {
  std::string text =
      "# Settings of `salvor serve`\n\nMade from `src/server/settings.cc`.\n\n"
      "| flag | value | default | meaning |\n| --- | --- | --- | --- |\n";
  for (const SettingRow& row : kRows) {
    text += "| `" + std::string(row.flag) + "` | " + std::string(row.value) + " | " +
            std::string(row.fallback) + " | " + std::string(row.doc) + " |\n";
  }
  return text;
}

}  // namespace salvor::server
