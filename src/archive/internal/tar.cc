#include "archive/internal/tar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/check.h"

namespace salvor::archive::internal {
namespace {

// Offsets and lengths of a header's fields (POSIX.1-1988, ustar).
struct Field {
  std::size_t at;
  std::size_t length;
};
constexpr Field kName{0, 100};
constexpr Field kMode{100, 8};
constexpr Field kUser{108, 8};
constexpr Field kGroup{116, 8};
constexpr Field kSize{124, 12};
constexpr Field kModified{136, 12};
constexpr Field kChecksum{148, 8};
constexpr std::size_t kType = 156;
constexpr Field kMagic{257, 8};
constexpr Field kPrefix{345, 155};

constexpr std::uint64_t kMode0755 = 0755;
// A pax header holds a path and a few numbers; more is an attack on our memory.
constexpr std::uint64_t kExtensionMax = std::uint64_t{64} << 10;
constexpr std::uint64_t kOctalSizeMax = (std::uint64_t{1} << 33) - 1;

using Header = std::array<char, kTarBlock>;

std::uint64_t padding_of(std::uint64_t size) { return (kTarBlock - size % kTarBlock) % kTarBlock; }

void put_text(Header& header, Field field, std::string_view text) {
  CHECK(text.size() <= field.length);
  std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(field.at));
}

void put_octal(Header& header, Field field, std::uint64_t value) {
  // Digits, then the NUL that ends the field.
  for (std::size_t i = field.length - 1; i-- > 0; value >>= 3U) {
    header[field.at + i] = static_cast<char>('0' + (value & 7U));
  }
  CHECK(value == 0);
}

// The sum of all bytes, the checksum's own counted as blanks.
std::uint64_t checksum(const char* header) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kTarBlock; ++i) {
    const bool own = i >= kChecksum.at && i < kChecksum.at + kChecksum.length;
    sum += own ? static_cast<unsigned char>(' ') : static_cast<unsigned char>(header[i]);
  }
  return sum;
}

struct SplitPath {
  std::string_view prefix;
  std::string_view name;
};

// A path in the two fields that ustar has for it; nothing when it needs a pax header.
std::optional<SplitPath> split(std::string_view path) {
  for (const char c : path) {
    if (static_cast<unsigned char>(c) >= 0x80) return std::nullopt;
  }
  if (path.size() <= kName.length) return SplitPath{{}, path};
  if (path.size() > kPrefix.length + 1 + kName.length) return std::nullopt;
  const std::size_t slash = path.rfind('/', kPrefix.length);
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  const std::string_view name = path.substr(slash + 1);
  if (name.empty() || name.size() > kName.length) return std::nullopt;
  return SplitPath{path.substr(0, slash), name};
}

void append_header(std::string& out, SplitPath path, std::uint64_t size, char type,
                   EpochSeconds modified) {
  Header header{};
  put_text(header, kName, path.name);
  put_octal(header, kMode, kMode0755);
  put_octal(header, kUser, 0);
  put_octal(header, kGroup, 0);
  put_octal(header, kSize, size);
  put_octal(header, kModified, static_cast<std::uint64_t>(std::max<EpochSeconds>(modified, 0)));
  header[kType] = type;
  put_text(header, kMagic, std::string_view("ustar\00000", 8));
  put_text(header, kPrefix, path.prefix);
  // Six digits, a NUL, a blank.
  put_octal(header, {kChecksum.at, 7}, checksum(header.data()));
  header[kChecksum.at + 7] = ' ';
  out.append(header.data(), header.size());
}

void append_content(std::string& out, std::string_view content) {
  out += content;
  out.append(padding_of(content.size()), '\0');
}

// "<length> path=<path>\n", where the length counts itself.
std::string pax_path_record(std::string_view path) {
  const std::string rest = " path=" + std::string(path) + "\n";
  std::size_t length = rest.size();
  while (std::to_string(length).size() + rest.size() != length) {
    length = std::to_string(length).size() + rest.size();
  }
  return std::to_string(length) + rest;
}

std::string_view text_of(const std::string& header, Field field) {
  const std::string_view all = std::string_view(header).substr(field.at, field.length);
  return all.substr(0, all.find('\0'));
}

// Octal digits between optional blanks, as old writers leave them; nothing for anything else, such
// as GNU's binary numbers, which only files over 8 GiB need.
std::optional<std::uint64_t> octal(const std::string& header, Field field) {
  std::string_view text = text_of(header, field);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

std::optional<std::uint64_t> decimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || failure != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

Error corrupt(const std::string& message) { return error(ErrorCode::corrupt, message); }

bool is_empty_block(const std::string& block) {
  return block.find_first_not_of('\0') == std::string::npos;
}

}  // namespace

void append_tar_file(std::string& out, std::string_view path, std::string_view content,
                     EpochSeconds modified) {
  CHECK(content.size() <= kOctalSizeMax);
  const std::optional<SplitPath> split_path = split(path);
  if (!split_path) {
    const std::string record = pax_path_record(path);
    append_header(out, {{}, "pax"}, record.size(), 'x', modified);
    append_content(out, record);
  }
  append_header(out, split_path.value_or(SplitPath{{}, "long"}), content.size(), '0', modified);
  append_content(out, content);
}

void append_tar_end(std::string& out) { out.append(2 * kTarBlock, '\0'); }

Result<void> TarParser::feed(std::string_view bytes) {
  seen_ += bytes.size();
  if (seen_ > limits_.unpacked_bytes) {
    return corrupt("backup unpacks to more than " + std::to_string(limits_.unpacked_bytes) +
                   " bytes");
  }
  while (!bytes.empty()) {
    if (part_ == Part::trailer) return {};
    if (part_ == Part::content) {
      bytes = take_content(bytes);
      if (left_ == 0) TRY_VOID(end_content());
      continue;
    }
    const std::uint64_t wanted = part_ == Part::header ? kTarBlock - buffer_.size() : left_;
    const std::size_t count = std::min<std::uint64_t>(bytes.size(), wanted);
    if (part_ == Part::header) buffer_ += bytes.substr(0, count);
    if (part_ == Part::padding) left_ -= count;
    bytes.remove_prefix(count);
    if (part_ == Part::padding && left_ == 0) part_ = Part::header;
    if (part_ == Part::header && buffer_.size() == kTarBlock) TRY_VOID(take_header());
  }
  return {};
}

std::string_view TarParser::take_content(std::string_view bytes) {
  const std::size_t count = std::min<std::uint64_t>(bytes.size(), left_);
  if (content_ != Content::skipped) buffer_ += bytes.substr(0, count);
  left_ -= count;
  return bytes.substr(count);
}

Result<void> TarParser::take_header() {
  const std::string header = std::exchange(buffer_, {});
  if (is_empty_block(header)) {
    if (++empty_blocks_ == 2) part_ = Part::trailer;
    return {};
  }
  if (empty_blocks_ > 0) return corrupt("an empty block stands between two files");
  if (octal(header, kChecksum) != checksum(header.data())) {
    return corrupt("a file's header has a wrong checksum");
  }
  const std::optional<std::uint64_t> size = octal(header, kSize);
  if (!size) return corrupt("a file's header has no size");
  std::string path(text_of(header, kName));
  // Before ustar the prefix's place was free for anything.
  const bool is_ustar = text_of(header, kMagic).substr(0, 5) == "ustar" && header[262] == '\0';
  const std::string_view prefix = text_of(header, kPrefix);
  if (is_ustar && !prefix.empty()) path = std::string(prefix) + "/" + path;
  return begin_entry(header[kType], *size, std::move(path));
}

Result<void> TarParser::begin_entry(char type, std::uint64_t size, std::string path) {
  part_ = Part::content;
  const bool is_extension = type == 'x' || type == 'L';
  if (is_extension && size > kExtensionMax) return corrupt("a header extension is too large");
  if (type == 'x' || type == 'L' || type == 'g') {
    content_ = type == 'x' ? Content::pax : type == 'L' ? Content::long_name : Content::skipped;
    left_ = size;
    padding_ = padding_of(size);
    return left_ == 0 ? end_content() : Result<void>();
  }
  if (!next_path_.empty()) path = std::exchange(next_path_, {});
  if (std::exchange(has_next_size_, false)) size = next_size_;
  if (type == '5') size = 0;
  if (type == '0' || type == '\0' || type == '5') {
    left_ = size;
    padding_ = padding_of(size);
    content_ = Content::skipped;
    if (type != '5') TRY_VOID(begin_file(size, std::move(path)));
    return left_ == 0 ? end_content() : Result<void>();
  }
  return corrupt("\"" + path + "\" is a link or a device, which no backup has");
}

Result<void> TarParser::begin_file(std::uint64_t size, std::string path) {
  TRY(const TarWish wish, receiver_.begin(path));
  if (wish == TarWish::skip) return {};
  if (size > limits_.file_bytes) {
    return corrupt("\"" + path + "\" has " + std::to_string(size) + " bytes, more than the " +
                   std::to_string(limits_.file_bytes) + " allowed");
  }
  content_ = Content::wanted;
  path_ = std::move(path);
  return {};
}

Result<void> TarParser::end_content() {
  const Content content = content_;
  left_ = padding_;
  part_ = left_ == 0 ? Part::header : Part::padding;
  if (content == Content::skipped) return {};
  if (content == Content::pax) return read_pax();
  const std::string bytes = std::exchange(buffer_, {});
  if (content == Content::wanted) return receiver_.file(path_, bytes);
  next_path_ = bytes.substr(0, bytes.find('\0'));
  return {};
}

// Records "<length> <key>=<value>\n".
Result<void> TarParser::read_pax() {
  const std::string bytes = std::exchange(buffer_, {});
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const std::size_t blank = std::min(rest.find(' '), rest.size());
    const std::optional<std::uint64_t> length = decimal(rest.substr(0, blank));
    if (!length || *length > rest.size() || *length < blank + 3 || rest[*length - 1] != '\n') {
      return corrupt("a pax header is damaged");
    }
    const std::string_view record = rest.substr(blank + 1, *length - blank - 2);
    rest.remove_prefix(*length);
    const std::size_t sign = record.find('=');
    if (sign == std::string_view::npos) return corrupt("a pax header is damaged");
    const std::string_view key = record.substr(0, sign);
    const std::string_view value = record.substr(sign + 1);
    if (key == "path") next_path_ = value;
    if (key != "size") continue;
    const std::optional<std::uint64_t> size = decimal(value);
    if (!size) return corrupt("a pax header has a damaged size");
    has_next_size_ = true;
    next_size_ = *size;
  }
  return {};
}

Result<void> TarParser::finish() const {
  const bool between_files = part_ == Part::header && buffer_.empty();
  if (part_ == Part::trailer || between_files) return {};
  return corrupt("the archive ends inside a file");
}

}  // namespace salvor::archive::internal
