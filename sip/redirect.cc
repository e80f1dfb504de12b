#include "sip/redirect.h"

#include <algorithm>
#include <cstdlib>

#include "core/call/event.h"
#include "sip/text.h"
#include "sip/wire.h"

namespace pbx::sip {
unsigned q_thousandths(std::string_view text) {
  if (text.empty() || text.front() != '0') return 1000;
  unsigned value = 0, weight = 100;
  for (const char c : text.substr(std::min<std::size_t>(text.size(), 2), 3)) {
    if (!core::is_digit(c)) break;
    value += static_cast<unsigned>(c - '0') * weight;
    weight /= 10;
  }
  return value;
}

std::vector<std::string> redirect_targets(const sip_t* sip) {
  std::vector<std::pair<unsigned, std::string>> found;
  for (const sip_contact_t* contact = sip->sip_contact; contact && found.size() < kListMax;
       contact = contact->m_next) {
    const auto type = contact->m_url->url_type;
    if (type == url_sip || type == url_sips)
      found.emplace_back(q_thousandths(view(contact->m_q)), uri_text(contact->m_url));
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<std::string> targets;
  for (auto& [q, uri] : found)
    if (targets.size() < call::kRedirectTargetsMax) targets.push_back(std::move(uri));
  return targets;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> pieces;
  Lexer lexer(text);
  while (!lexer.at_end() && pieces.size() < kListMax) {
    const std::string_view piece = lexer.until_outside(",");
    if (!piece.empty()) pieces.emplace_back(piece);
    static_cast<void>(lexer.accept(','));
  }
  return pieces;
}

}  // namespace pbx::sip
