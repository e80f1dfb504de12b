// sip/multipart.h — finds the description inside a multipart body (RFC 2046 5.1, RFC 5621).
//
// Pure; the view points into `body`.  Bounded by the length of the body; nothing is copied.

#pragma once

#include <optional>
#include <string_view>

namespace pbx::sip {

// The content of the first part whose Content-Type is `wanted`.  `content_type` is the value of
// the message's Content-Type with its boundary parameter.  nullopt: no such part.
[[nodiscard]] std::optional<std::string_view> find_part(std::string_view content_type,
                                                        std::string_view body,
                                                        std::string_view wanted);

}  // namespace pbx::sip
