#include "repo/key_file.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <bit>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/random.h"

namespace salvor::repo {
namespace {

constexpr std::size_t kSaltBytes = 64;
constexpr std::uint64_t kMemoryMax = std::uint64_t{256} << 20;
constexpr std::uint32_t kRoundsMax = 32;
constexpr JsonLimits kLimits{.bytes = 64 << 10, .depth = 10};

Error not_a_key(const std::string& why) {
  return error(ErrorCode::corrupt, "the key file is damaged: " + why);
}

// The key that opens the master key.
MasterKey derive(std::string_view password, std::string_view salt, ScryptCost cost) {
  static EVP_KDF* const scrypt = EVP_KDF_fetch(nullptr, "SCRYPT", nullptr);
  std::uint64_t memory = kMemoryMax + (std::uint64_t{1} << 20);
  const auto octets = [](const char* name, std::string_view text) {
    return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(text.data()), text.size());
  };
  const std::array params = {octets(OSSL_KDF_PARAM_PASSWORD, password),
                             octets(OSSL_KDF_PARAM_SALT, salt),
                             OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &cost.n),
                             OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &cost.r),
                             OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &cost.p),
                             OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
                             OSSL_PARAM_construct_end()};
  EVP_KDF_CTX* const context = EVP_KDF_CTX_new(scrypt);
  std::array<unsigned char, 64> out;
  const int done = EVP_KDF_derive(context, out.data(), out.size(), params.data());
  EVP_KDF_CTX_free(context);
  CHECK(done == 1);
  const auto part = [&](std::size_t from, std::size_t size) {
    return std::string(reinterpret_cast<const char*>(out.data()) + from, size);
  };
  return {part(0, 32), part(32, 16), part(48, 16)};
}

Json to_json(const MasterKey& key) {
  return {{"mac", {{"k", encode_base64(key.mac_k)}, {"r", encode_base64(key.mac_r)}}},
          {"encrypt", encode_base64(key.encrypt)}};
}

Result<std::string> bytes_at(const Json& object, const char* name, std::size_t size) {
  const auto bytes = decode_base64(text_at(object, name));
  if (!bytes || bytes->size() != size)
    return not_a_key(std::string(name) + " is not " + std::to_string(size) + " bytes in base64");
  return *bytes;
}

Result<MasterKey> master_key_from(const Json& object) {
  MasterKey key;
  TRY(key.encrypt, bytes_at(object, "encrypt", 32));
  TRY(key.mac_k, bytes_at(member(object, "mac"), "k", 16));
  TRY(key.mac_r, bytes_at(member(object, "mac"), "r", 16));
  return key;
}

Result<ScryptCost> cost_in(const Json& file) {
  if (text_at(file, "kdf") != "scrypt") return not_a_key("its kdf is not scrypt");
  const auto number = [&](const char* name) -> std::uint64_t {
    const Json& value = member(file, name);
    return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
  };
  const std::uint64_t n = number("N"), r = number("r"), p = number("p");
  if (n < 2 || !std::has_single_bit(n) || r < 1 || p < 1)
    return not_a_key("its costs of scrypt are no such costs");
  // Each on its own first: their product may not fit.
  if (n > kMemoryMax || r > kMemoryMax || 128 * n * r > kMemoryMax || p > kRoundsMax)
    return not_a_key("its costs of scrypt are beyond all use");
  return ScryptCost{n, static_cast<std::uint32_t>(r), static_cast<std::uint32_t>(p)};
}

}  // namespace

std::string make_key_file(const MasterKey& key, std::string_view password, const KeyOwner& owner,
                          EpochSeconds now, const ScryptCost& cost) {
  const std::string salt = random_bytes(kSaltBytes);
  const std::string data = Cipher(derive(password, salt, cost)).sealed(compact(to_json(key)));
  return compact({{"created", rfc3339(now)},
                  {"username", owner.username},
                  {"hostname", owner.hostname},
                  {"kdf", "scrypt"},
                  {"N", cost.n},
                  {"r", cost.r},
                  {"p", cost.p},
                  {"salt", encode_base64(salt)},
                  {"data", encode_base64(data)}});
}

Result<MasterKey> open_key_file(std::string_view text, std::string_view password) {
  auto file = parse_json(text, kLimits);
  if (!file.ok()) return not_a_key(file.error().message);
  TRY(const ScryptCost cost, cost_in(*file));
  TRY(const std::string salt, bytes_at(*file, "salt", kSaltBytes));
  auto data = decode_base64(text_at(*file, "data"));
  if (!data) return not_a_key("its data is not base64");
  auto opened = Cipher(derive(password, salt, cost)).open(*data);
  if (!opened.ok()) {
    return error(ErrorCode::denied, "the password does not open this key")
        .with_hint("use the password of one of the repository's keys");
  }
  auto key = parse_json(*opened, kLimits);
  if (!key.ok()) return not_a_key("what it holds is no key");
  return master_key_from(*key);
}

}  // namespace salvor::repo
