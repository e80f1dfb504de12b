// core/call/messages.h — registrations and instant messages (RFC 3428) between extensions.

#pragma once

#include "core/call/switchboard.h"

namespace pbx::call {

inline constexpr std::size_t kMessagesMax = 10'000;  // on their way; beyond it: 503

void on(Switchboard& board, Turn& turn, const BindingChanged& event);
// Goes to every contact of the extension; the sender is told the best answer: 200 if any took it.
void on(Switchboard& board, Turn& turn, const MessageReceived& event);
void on(Switchboard& board, Turn& turn, const MessageSent& event);

}  // namespace pbx::call
