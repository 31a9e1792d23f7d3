#include "repo/cipher.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <array>

#include "base/random.h"

namespace salvor::repo {
namespace {

// Fetched once: each fetch takes OpenSSL locks and time.
const EVP_CIPHER* aes_256_ctr() {
  static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr);
  return cipher;
}

const EVP_CIPHER* aes_128_ecb() {
  static EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-128-ECB", nullptr);
  return cipher;
}

EVP_MAC* poly1305() {
  static EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "POLY1305", nullptr);
  return mac;
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

template <auto kFree>
struct Freed {
  template <typename T>
  void operator()(T* pointer) const {
    kFree(pointer);
  }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Freed<EVP_MAC_CTX_free>>;

using Mac = std::array<unsigned char, kMacBytes>;

}  // namespace

struct Cipher::State {
  CipherContext data{EVP_CIPHER_CTX_new()};
  CipherContext nonce{EVP_CIPHER_CTX_new()};
  MacContext mac{EVP_MAC_CTX_new(poly1305())};
  std::string mac_r;

  // The one-time key is r, and the IV encrypted with k.
  Mac mac_of(std::string_view iv, std::string_view ciphertext) {
    std::array<unsigned char, 2 * kMacBytes> key;
    std::copy(mac_r.begin(), mac_r.end(), key.begin());
    int length = 0;
    CHECK(EVP_EncryptUpdate(nonce.get(), key.data() + kMacBytes, &length, bytes(iv), kIvBytes) ==
          1);
    Mac result;
    std::size_t size = 0;
    CHECK(EVP_MAC_init(mac.get(), key.data(), key.size(), nullptr) == 1);
    CHECK(EVP_MAC_update(mac.get(), bytes(ciphertext), ciphertext.size()) == 1);
    CHECK(EVP_MAC_final(mac.get(), result.data(), &size, result.size()) == 1);
    return result;
  }

  // The ciphertext of sealed bytes that are whole.
  Result<std::string_view> proven(std::string_view sealed) {
    if (sealed.size() < kSealBytes)
      return error(ErrorCode::corrupt, "sealed bytes are shorter than their seal");
    const std::string_view ciphertext = sealed.substr(kIvBytes, sealed.size() - kSealBytes);
    const Mac there = mac_of(sealed, ciphertext);
    if (CRYPTO_memcmp(there.data(), ciphertext.data() + ciphertext.size(), there.size()) != 0)
      return error(ErrorCode::corrupt, "sealed bytes were changed, or sealed with another key");
    return ciphertext;
  }

  // Counter mode is its own inverse; what follows goes on in the same stream.
  void begin(std::string_view iv) {
    CHECK(EVP_EncryptInit_ex2(data.get(), nullptr, nullptr, bytes(iv), nullptr) == 1);
  }
  // `to` may be where `from` is.
  void crypt(std::string_view from, char* to) {
    int length = 0;
    CHECK(EVP_EncryptUpdate(data.get(), reinterpret_cast<unsigned char*>(to), &length, bytes(from),
                            static_cast<int>(from.size())) == 1);
  }
};

MasterKey new_master_key() { return {random_bytes(32), random_bytes(16), random_bytes(16)}; }

Cipher::Cipher(const MasterKey& key) : state_(std::make_unique<State>()) {
  CHECK(key.encrypt.size() == 32 && key.mac_k.size() == 16 && key.mac_r.size() == 16);
  state_->mac_r = key.mac_r;
  CHECK(EVP_EncryptInit_ex2(state_->data.get(), aes_256_ctr(), bytes(key.encrypt), nullptr,
                            nullptr) == 1);
  CHECK(EVP_EncryptInit_ex2(state_->nonce.get(), aes_128_ecb(), bytes(key.mac_k), nullptr,
                            nullptr) == 1);
  CHECK(EVP_CIPHER_CTX_set_padding(state_->nonce.get(), 0) == 1);
}

Cipher::~Cipher() {
  if (state_) OPENSSL_cleanse(state_->mac_r.data(), state_->mac_r.size());
}

Cipher::Cipher(Cipher&&) noexcept = default;

void Cipher::seal(std::span<char> bytes) {
  CHECK(bytes.size() >= kSealBytes);
  const std::string iv = random_bytes(kIvBytes);
  std::copy(iv.begin(), iv.end(), bytes.begin());
  char* const text = bytes.data() + kIvBytes;
  const std::size_t size = bytes.size() - kSealBytes;
  state_->begin(iv);
  state_->crypt({text, size}, text);
  const Mac mac = state_->mac_of(iv, {text, size});
  std::copy(mac.begin(), mac.end(), text + size);
}

void Cipher::seal(std::string_view plain, std::string& out) {
  const std::size_t start = out.size();
  out.resize(start + plain.size() + kSealBytes);
  std::copy(plain.begin(), plain.end(), out.data() + start + kIvBytes);
  seal(std::span(out).subspan(start));
}

std::string Cipher::sealed(std::string_view plain) {
  std::string out;
  seal(plain, out);
  return out;
}

Result<std::string_view> Cipher::open(std::span<char> sealed) {
  const std::string_view all(sealed.data(), sealed.size());
  TRY(const std::string_view ciphertext, state_->proven(all));
  char* const plain = sealed.data() + kIvBytes;
  state_->begin(all);
  state_->crypt(ciphertext, plain);
  return std::string_view(plain, ciphertext.size());
}

Result<void> Cipher::open_by_pieces(std::string_view sealed, std::span<char> room,
                                    const PieceSink& sink) {
  TRY(std::string_view rest, state_->proven(sealed));
  state_->begin(sealed);
  while (!rest.empty()) {
    const std::string_view piece = rest.substr(0, room.size());
    state_->crypt(piece, room.data());
    TRY_VOID(sink({room.data(), piece.size()}));
    rest.remove_prefix(piece.size());
  }
  return {};
}

}  // namespace salvor::repo
