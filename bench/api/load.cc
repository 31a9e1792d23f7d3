// Sixteen keep-alive clients that list recovery points of random days; prints rate and latencies.
//   api_load URL KEY_FILE FIRST LAST SECONDS
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "base/pool.h"
#include "http/client.h"
#include "http/request_line.h"

namespace {

constexpr unsigned kClients = 16;
constexpr long kWindow = 86400;  // a day of start times

using salvor::SteadyTime;

struct Load {
  std::string url, key;
  long first, last;
  int seconds;
};

std::string target_for(const Load& load, std::mt19937_64& random) {
  std::uniform_int_distribution<long> start(load.first, load.last - kWindow);
  const long begin = start(random);
  return "/api/v1/backupinstances?where={\"state\":\"READY\",\"start_time\":{\"$gt\":" +
         std::to_string(begin) + ",\"$lt\":" + std::to_string(begin + kWindow) +
         "}}&sort=-start_time&max_results=25";
}

// One client with one connection; its latencies in milliseconds.
std::vector<double> run_client(const Load& load, unsigned number, std::atomic<int>& refused) {
  std::vector<double> latencies;
  salvor::Context context = salvor::background();
  auto client =
      salvor::http::Client::create({.base_url = load.url, .connections_max = 1, .http2 = false});
  if (!client.ok()) return latencies;
  std::mt19937_64 random(number);
  const SteadyTime end = context.clock.steady() + std::chrono::seconds(load.seconds);
  while (context.clock.steady() < end) {
    const SteadyTime sent = context.clock.steady();
    const auto answer =
        (*client)->send(context, {"GET",
                                  salvor::http::escape_target(target_for(load, random)),
                                  {{"Authorization", "Bearer " + load.key}},
                                  "",
                                  ""});
    if (!answer.ok() || answer->status != 200) ++refused;
    latencies.push_back(
        std::chrono::duration<double, std::milli>(context.clock.steady() - sent).count());
  }
  return latencies;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) return 2;
  Load load{argv[1], "", std::stol(argv[3]), std::stol(argv[4]), std::stoi(argv[5])};
  std::ifstream(argv[2]) >> load.key;
  std::vector<std::vector<double>> each(kClients);
  std::atomic<int> refused = 0;
  {
    salvor::Pool pool(kClients);
    for (unsigned i = 0; i < kClients; ++i) {
      pool.submit([&, i] { each[i] = run_client(load, i, refused); });
    }
  }
  std::vector<double> all;
  for (const auto& some : each) all.insert(all.end(), some.begin(), some.end());
  std::sort(all.begin(), all.end());
  if (all.empty()) return 1;
  std::printf("requests=%zu refused=%d per_second=%.0f p50_ms=%.2f p99_ms=%.2f max_ms=%.2f\n",
              all.size(), refused.load(), static_cast<double>(all.size()) / load.seconds,
              all[all.size() / 2], all[all.size() * 99 / 100], all.back());
  return refused == 0 ? 0 : 1;
}
