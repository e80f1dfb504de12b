#include "tools/call_load/leg.h"

#include <utility>

namespace pbx::call_load {

void Leg::reset() {
  Leg fresh;
  for (const auto text : {&Leg::call_id, &Leg::local, &Leg::remote, &Leg::target, &Leg::routes,
                          &Leg::ack, &Leg::answer_head, &Leg::response}) {
    fresh.*text = std::move(this->*text);
    (fresh.*text).clear();
  }
  const auto keep_text = [](std::string& to, std::string& from) {
    to = std::move(from);
    to.clear();
  };
  for (const auto sent : {&Leg::invite, &Leg::request}) {
    keep_text((fresh.*sent).bytes, (this->*sent).bytes);
    keep_text((fresh.*sent).headers, (this->*sent).headers);
    keep_text((fresh.*sent).body, (this->*sent).body);
  }
  keep_text(fresh.answer.bytes, answer.bytes);
  *this = std::move(fresh);
}

}  // namespace pbx::call_load
