#include "sip/dns_message.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/text.h"

namespace pbx::sip {
namespace {

using core::ErrorCode;
using core::Result;
using std::chrono::seconds;

constexpr std::uint16_t kClassIn = 1;
constexpr std::uint16_t kTypeCname = 5;
constexpr std::uint16_t kTypeSoa = 6;
constexpr std::uint16_t kTypeOpt = 41;
constexpr std::uint16_t kResponse = 0x8000;
constexpr std::uint16_t kRecursionDesired = 0x0100;
constexpr std::uint16_t kCodeMask = 0x000f;
constexpr std::size_t kHeaderBytes = 12;
constexpr seconds kNegativeLife{60};  // without a SOA that says otherwise
constexpr seconds kNegativeLifeMax{300};

void put16(std::string& out, std::size_t value) {
  out.push_back(static_cast<char>(value >> 8 & 0xff));
  out.push_back(static_cast<char>(value & 0xff));
}

// False if it is no name that DNS can carry.
bool put_name(std::string& out, std::string_view name) {
  if (name.empty() || name.size() > kDnsNameMax) return false;
  while (!name.empty()) {
    const auto label = name.substr(0, name.find('.'));
    if (label.empty() || label.size() > kDnsLabelMax) return false;
    out.push_back(static_cast<char>(label.size()));
    out.append(label);
    name.remove_prefix(std::min(name.size(), label.size() + 1));
  }
  out.push_back('\0');
  return true;
}

// Reads from left to right; after a mistake everything is 0 and is_good() false.
class Reader {
 public:
  explicit Reader(std::string_view packet, std::size_t at = 0) : packet_(packet), at_(at) {}

  [[nodiscard]] bool is_good() const { return good_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  void skip(std::size_t count) { static_cast<void>(take(count)); }

  std::uint8_t octet() {
    const auto bytes = take(1);
    return good_ ? static_cast<std::uint8_t>(bytes[0]) : std::uint8_t{0};
  }
  std::uint16_t u16() {
    const auto high = octet();
    return static_cast<std::uint16_t>(high << 8 | octet());
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return high << 16 | u16();
  }
  std::string_view take(std::size_t count) {
    good_ = good_ && count <= packet_.size() - at_;
    if (!good_) return {};
    at_ += count;
    return packet_.substr(at_ - count, count);
  }
  std::string text() { return std::string(take(octet())); }  // <character-string>

  // Lower case, labels with dots between them; "" for the root.  A label with a dot or a control
  // octet in it names no host and is a mistake.
  std::string name() {
    std::string out;
    auto end = std::optional<std::size_t>();  // behind the first pointer
    jumped_to_.reset();
    while (const std::size_t length = octet()) {
      if (length >= 0xc0) {
        if (!follow((length & 0x3f) << 8 | octet(), end)) break;
      } else if (!add_label(length, out)) {
        break;
      }
    }
    if (end && good_) at_ = *end;
    return good_ ? out : std::string();
  }

 private:
  // Each jump goes to before the start of the last one, so that there is an end.
  bool follow(std::size_t to, std::optional<std::size_t>& end) {
    if (!end) end = at_;
    good_ = good_ && to < jumped_to_.value_or(at_ - 2) && to >= kHeaderBytes;
    if (!good_) return false;
    jumped_to_ = at_ = to;
    return true;
  }
  bool add_label(std::size_t length, std::string& out) {
    const auto label = take(length);
    const auto is_bad = [](char c) { return c == '.' || static_cast<unsigned char>(c) <= ' '; };
    good_ = good_ && length <= kDnsLabelMax && out.size() + length + 1 <= kDnsNameMax &&
            std::none_of(label.begin(), label.end(), is_bad);
    if (!good_) return false;
    if (!out.empty()) out.push_back('.');
    out.append(core::to_lower(label));
    return true;
  }

  std::string_view packet_;
  std::size_t at_;
  std::optional<std::size_t> jumped_to_;
  bool good_ = true;
};

struct Record {
  std::string name;
  std::uint16_t type = 0;
  seconds life{0};
  std::size_t at = 0;  // of its data
  std::size_t size = 0;
};

Record read_record(Reader& reader) {
  Record it;
  it.name = reader.name();
  it.type = reader.u16();
  const auto record_class = reader.u16();
  const auto life = reader.u32();
  // One with the high bit set counts as 0 (RFC 2181 8).
  it.life = seconds(life > INT32_MAX ? 0 : life);
  it.size = reader.u16();
  it.at = reader.at();
  reader.skip(it.size);
  if (record_class != kClassIn) it.type = 0;
  return it;
}

// The data of one record; it ends where the record does.
class Data {
 public:
  Data(std::string_view packet, const Record& record)
      : reader_(packet.substr(0, record.at + record.size), record.at) {}

  bool add_to(DnsAnswer& answer, DnsType type) {
    if (type == DnsType::kSrv) return add(answer.srv, srv());
    if (type == DnsType::kNaptr) return add(answer.naptr, naptr());
    return add(answer.addresses, address(type));
  }
  std::string name() { return reader_.name(); }
  // RFC 2308 5: the last field of a SOA bounds how long a "no" is kept.
  std::optional<seconds> negative_life() {
    reader_.name();
    reader_.name();
    reader_.skip(16);
    const seconds life(reader_.u32());
    return reader_.is_good() ? std::optional(life) : std::nullopt;
  }

 private:
  template <typename T>
  bool add(std::vector<T>& list, T&& value) {
    if (reader_.is_good()) list.push_back(std::move(value));
    return reader_.is_good();
  }
  core::IpAddress address(DnsType type) {
    core::IpAddress out;
    out.family = type == DnsType::kA ? core::IpFamily::kV4 : core::IpFamily::kV6;
    const auto bytes = reader_.take(type == DnsType::kA ? 4 : 16);
    std::transform(bytes.begin(), bytes.end(), out.bytes.begin(),
                   [](char c) { return static_cast<std::uint8_t>(c); });
    return out;
  }
  SrvRecord srv() {
    SrvRecord out;
    out.priority = reader_.u16();
    out.weight = reader_.u16();
    out.port = reader_.u16();
    out.target = reader_.name();
    return out;
  }
  NaptrRecord naptr() {
    NaptrRecord out;
    out.order = reader_.u16();
    out.preference = reader_.u16();
    out.flags = reader_.text();
    out.services = reader_.text();
    static_cast<void>(reader_.text());  // the regexp: RFC 3263 4.1 uses replacements only
    out.replacement = reader_.name();
    return out;
  }

  Reader reader_;
};

DnsStatus status_of(std::uint16_t flags) {
  switch (flags & kCodeMask) {
    case 0:
    case 3:  // NXDOMAIN
      return DnsStatus::kAnswered;
    case 1:  // FORMERR
    case 4:  // NOTIMP
      return DnsStatus::kNotUnderstood;
    default:
      return DnsStatus::kServerFailure;
  }
}

struct Header {
  std::uint16_t id, flags, questions, answers, authorities;
};

Header read_header(Reader& reader) {
  Header it{};
  it.id = reader.u16();
  it.flags = reader.u16();
  it.questions = reader.u16();
  it.answers = reader.u16();
  it.authorities = reader.u16();
  reader.skip(2);
  return it;
}

// Up to `count` records; fewer if the rest cannot be read, as after a cut.
std::vector<Record> read_records(Reader& reader, std::size_t count) {
  std::vector<Record> out;
  while (out.size() < std::min(count, kDnsRecordsMax)) {
    auto record = read_record(reader);
    if (!reader.is_good()) break;
    out.push_back(std::move(record));
  }
  return out;
}

// Takes the records of `question` from `records`, along the aliases.
DnsResponse collect(std::string_view packet, const std::vector<Record>& records,
                    const DnsQuestion& question) {
  DnsResponse out;
  out.life = seconds::max();
  auto name = question.name;
  for (std::size_t aliases = 0; aliases <= kDnsAliasesMax; ++aliases) {
    std::string next;
    for (const auto& record : records) {
      if (record.name != name) continue;
      Data data(packet, record);
      const bool used = record.type == static_cast<std::uint16_t>(question.type) &&
                        data.add_to(out.answer, question.type);
      const bool is_alias = record.type == kTypeCname && next.empty();
      if (is_alias) next = data.name();
      if (used || is_alias) out.life = std::min(out.life, record.life);
    }
    if (next.empty() || out.answer != DnsAnswer()) break;
    name = std::move(next);
  }
  if (name != question.name && out.answer == DnsAnswer()) {
    out.status = DnsStatus::kAlias;
    out.alias = name;
  }
  return out;
}

seconds negative_life(std::string_view packet, const std::vector<Record>& authorities) {
  auto life = kNegativeLife;
  for (const auto& record : authorities)
    if (record.type == kTypeSoa)
      if (const auto said = Data(packet, record).negative_life())
        life = std::min({record.life, *said, kNegativeLifeMax});
  return life;
}

}  // namespace

Result<std::string> write_dns_query(std::uint16_t id, const DnsQuestion& question, bool edns) {
  std::string out;
  put16(out, id);
  put16(out, kRecursionDesired);
  for (const std::size_t count : {1, 0, 0, edns ? 1 : 0}) put16(out, count);
  if (!put_name(out, question.name))
    return core::fail(ErrorCode::kInvalidArgument, "not a name for DNS: " + question.name);
  put16(out, static_cast<std::size_t>(question.type));
  put16(out, kClassIn);
  if (!edns) return out;
  out.push_back('\0');
  put16(out, kTypeOpt);
  put16(out, kDnsPayloadMax);
  out.append(6, '\0');  // flags and options: none
  return out;
}

Result<DnsResponse> read_dns_response(std::string_view packet, std::uint16_t id,
                                      const DnsQuestion& question) {
  Reader reader(packet);
  const auto header = read_header(reader);
  if (!reader.is_good() || header.id != id || !(header.flags & kResponse))
    return core::fail(ErrorCode::kNotFound, "no response to this query");
  DnsResponse out;
  out.status = status_of(header.flags);
  // Some leave the question out when they complain.
  if (header.questions == 0 && out.status != DnsStatus::kAnswered) return out;
  const auto name = reader.name();
  const auto type = reader.u16();
  const auto question_class = reader.u16();
  if (!reader.is_good()) return core::fail(ErrorCode::kCorrupt, "DNS question");
  if (header.questions != 1 || name != question.name || question_class != kClassIn ||
      type != static_cast<std::uint16_t>(question.type))
    return core::fail(ErrorCode::kNotFound, "response to another question");
  if (out.status != DnsStatus::kAnswered) return out;
  const auto answers = read_records(reader, header.answers);
  if (answers.empty() && header.answers > 0 && !reader.is_good())
    return core::fail(ErrorCode::kCorrupt, "DNS record");
  out = collect(packet, answers, question);
  if (out.status == DnsStatus::kAnswered && out.answer == DnsAnswer())
    out.life = negative_life(packet, read_records(reader, header.authorities));
  return out;
}

}  // namespace pbx::sip
