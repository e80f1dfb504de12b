#include "sip/sdp_fax.h"

#include <string_view>

#include "core/base/assert.h"
#include "core/base/text.h"

namespace pbx::sip {
namespace {

constexpr std::string_view kPrefix = "T38";

bool is_fax(const SdpMedia& media) {
  return core::equals_nocase(media.type, "image") && media.port != 0 &&
         core::equals_nocase(media.protocol, "udptl") && !media.formats.empty() &&
         core::equals_nocase(media.formats.front(), "t38");
}

std::string line_of(const SdpAttribute& attribute) {
  return attribute.value.empty() ? attribute.name : attribute.name + ":" + attribute.value;
}

SdpAttribute attribute_of(std::string_view line) {
  const auto parts = core::split_once(line, ':');
  if (!parts) return {std::string(line), {}};
  return {std::string(parts->first), std::string(parts->second)};
}

}  // namespace

std::optional<call::AudioDescription> read_fax(const SessionDescription& session,
                                               const SdpMedia& media) {
  if (!is_fax(media)) return std::nullopt;
  call::AudioDescription description;
  description.rtp = {address_of(session, media), media.port};
  description.fax.emplace();
  for (const SdpAttribute& attribute : media.attributes) {
    std::string line = line_of(attribute);
    const bool is_known =
        core::equals_nocase(std::string_view(line).substr(0, kPrefix.size()), kPrefix);
    if (is_known && line.size() <= kFaxAttributeBytesMax &&
        description.fax->attributes.size() < kFaxAttributesMax)
      description.fax->attributes.push_back(std::move(line));
  }
  return description;
}

SdpMedia write_fax(const call::AudioDescription& description) {
  PBX_ASSERT(description.fax.has_value());
  SdpMedia media;
  media.type = "image";
  media.port = description.rtp.port;
  media.protocol = "udptl";
  media.formats = {"t38"};
  for (const std::string& line : description.fax->attributes)
    media.attributes.push_back(attribute_of(line));
  return media;
}

}  // namespace pbx::sip
