// core/call/permission.h — what the rights of the extension that pays let a call do
// (core/route/rights.h), and the refusal that the caller hears.
//
// Pure.  Owner: control.  An extension without `rights` may call whatever its plan allows.

#pragma once

#include <string>
#include <string_view>

#include "core/call/switchboard.h"

namespace pbx::call {

// An account code dialled before the number, "*47CODE*NUMBER".
struct DialledCode {
  std::string code;    // "": none was dialled
  std::string number;  // what is called
};
[[nodiscard]] DialledCode split_code(std::string_view dialled, std::string_view feature_code);

// What records and logs may have of it: "*47***NUMBER".
[[nodiscard]] std::string without_code(std::string_view dialled, std::string_view feature_code);

// True: `number` may be called now.  False: the call has been refused, announced and counted.
// Sets how long it may talk.
[[nodiscard]] bool is_permitted(Switchboard& board, Turn& turn, Call& call,
                                const number::Number& number, std::string_view code);

// False: the extension is blocked by the fraud watch, and the call has been refused.
[[nodiscard]] bool is_trusted(Switchboard& board, Turn& turn, Call& call);

// A call to outside counts from here to its end.
void begin_usage(Switchboard& board, Turn& turn, Call& call);
void end_usage(Switchboard& board, Turn& turn, Call& call);

// The talk has lasted as long as the rights let it.
void on_talk_limit(Switchboard& board, Turn& turn, Call& call);

}  // namespace pbx::call
