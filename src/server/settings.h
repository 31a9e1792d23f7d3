// What `salvor serve` can be told: one table, from which the flags, their help and
// docs/generated/settings.md are made.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"

namespace salvor::server {

struct Settings {
  std::string data = "salvor-data";
  std::string address = "127.0.0.1";
  std::uint16_t port = 8080;
  std::string tls_certificate;  // empty: plain HTTP
  std::string tls_key;
  std::string base_url;
  std::vector<std::string> cors_origins;
  LogLevel log_level = LogLevel::info;
  unsigned jobs = 4;
  unsigned writes_in_flight = 64;
  std::string mover_image;  // empty: no data movers
  std::string mover_namespace = "salvor-movers";
};

struct SettingRow {
  std::string_view flag;      // "--data"
  std::string_view value;     // how help calls the value
  std::string_view fallback;  // shown as the default
  std::string_view doc;
  Result<void> (*set)(Settings& settings, const std::string& value);
};

std::span<const SettingRow> setting_rows();

// Reads "--flag value" and "--flag=value". Fails with invalid, naming the flag and what it takes.
Result<Settings> parse_settings(const std::vector<std::string>& words);

std::string settings_help();
// The table as a Markdown page.
std::string settings_page();

}  // namespace salvor::server
