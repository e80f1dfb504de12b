// core/config/extension.h — one entry of section `extensions`.
//
// Pure values.  A range such as `100-109` has become ten entries, `defaults.extension` and the
// defaults of `media` are filled in: what is here is what counts for this extension.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/config/codec_name.h"
#include "core/config/secret.h"

namespace pbx::config {

enum class PasswordKind : std::uint8_t {
  kGenerated,  // made by the daemon at the first start and kept in data_dir
  kPlain,      // from `password` or `password_file`
  kHa1,        // only the hashes of user:realm:password are known (RFC 7616 section 3.4.2)
};

struct Credentials {
  PasswordKind kind = PasswordKind::kGenerated;
  Secret password;                      // with kPlain
  std::filesystem::path password_file;  // where `password` was read from; empty: from the option
  Secret ha1_md5;     // with kHa1, 32 lower-case hex digits; either of the two may be absent
  Secret ha1_sha256;  // with kHa1, 64 lower-case hex digits

  friend bool operator==(const Credentials&, const Credentials&) = default;
};

enum class DtmfMode : std::uint8_t { kAuto, kRfc4733, kInfo, kInband };
enum class SrtpMode : std::uint8_t { kOff, kOptional, kRequired };
enum class RecordingChoice : std::uint8_t { kDefault, kAlways, kNever };

struct Extension {
  std::string id;      // its key in `extensions`: extension_id(number, domain)
  std::string number;  // what is dialled in its domain
  std::string domain;  // a name in `domains`; "": the house
  std::string name;    // shown to others; may be empty
  Credentials credentials;
  std::string rights;             // a name in `rights`; "": whatever its plan allows
  std::string plan;               // where numbers go that are nobody's here; "": nowhere
  std::string profile;            // the only profile it may register at; empty: any
  std::vector<CodecName> codecs;  // in order of preference, never empty
  DtmfMode dtmf = DtmfMode::kAuto;
  SrtpMode srtp = SrtpMode::kOptional;
  bool t38 = true;  // fax may leave audio for T.38
  RecordingChoice recording = RecordingChoice::kDefault;
  std::uint32_t contacts_max = 5;
  std::uint32_t calls_max = 4;
  std::chrono::milliseconds ring_time{60'000};
  std::string caller_id;  // the number others see; never empty, default: number

  friend bool operator==(const Extension&, const Extension&) = default;
};

}  // namespace pbx::config
