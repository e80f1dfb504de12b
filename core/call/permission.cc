#include "core/call/permission.h"

#include <fmt/format.h>

#include "core/base/sha256.h"
#include "core/call/ending.h"

namespace pbx::call {
namespace {

constexpr std::string_view kRefusalPrompt = "not_allowed";

const route::RightsGroup* group_of(const Switchboard& board, const Call& call) {
  const config::Extension* extension = board.extension(call.outside.payer);
  return extension == nullptr ? nullptr : board.routing->find_rights(extension->rights);
}

// The name of the account whose code was dialled; null: none, or a wrong one.
const std::string* account_of(const route::RightsGroup& group, std::string_view code) {
  return code.empty() ? nullptr : group.find_account(core::sha256_hex(group.code_text(code)));
}

void suspect(Switchboard& board, Turn& turn, const Call& call, Suspicion kind) {
  const std::string& extension = call.outside.payer;
  const auto block = board.fraud.note(board.config->fraud, extension, kind, turn.now);
  if (!block) return;
  ++board.fraud_blocks;
  store_fact(turn, Fact::Kind::kBlock, extension, block->text(board.wall));
  notice(turn, Notice::Level::kError,
         fmt::format("fraud extension={} blocked for_s={}: {} {} within an hour; if they are its "
                     "own, `strowger fraud lift {}`",
                     extension,
                     std::chrono::floor<std::chrono::seconds>(block->until - turn.now).count(),
                     block->calls, text(kind), extension));
}

bool is_closed(const Switchboard& board, const Turn& turn) {
  const std::string& name = board.config->fraud.schedule;
  const route::Schedule* schedule = name.empty() ? nullptr : board.routing->find_schedule(name);
  return schedule != nullptr && !schedule->is_open(turn.wall, board.hand_on(name));
}

bool is_abroad(const Switchboard& board, const Call& call) {
  const number::Number& number = call.outside.number;
  const auto& home = board.routing->numbering().plan(call.domain).options();
  return number.is_e164() && number.country != home.country;
}

}  // namespace

DialledCode split_code(std::string_view dialled, std::string_view feature_code) {
  if (feature_code.empty() || !dialled.starts_with(feature_code)) return {"", std::string(dialled)};
  const std::string_view rest = dialled.substr(feature_code.size());
  const auto end = rest.find('*');
  if (end == std::string_view::npos) return {std::string(rest), ""};
  return {std::string(rest.substr(0, end)), std::string(rest.substr(end + 1))};
}

std::string without_code(std::string_view dialled, std::string_view feature_code) {
  const DialledCode parts = split_code(dialled, feature_code);
  if (parts.code.empty()) return std::string(dialled);
  return fmt::format("{}***{}", feature_code, parts.number);
}

bool is_permitted(Switchboard& board, Turn& turn, Call& call, const number::Number& number,
                  std::string_view code) {
  const std::string& extension = call.outside.payer;
  const route::RightsGroup* group = group_of(board, call);
  if (group == nullptr) return true;
  const std::string* account = account_of(*group, code);
  const auto usage = board.usage.of(extension, turn.now, turn.wall);
  const auto hand =
      group->schedule ? board.hand_on(group->schedule->name()) : route::ScheduleOverride{};
  const route::Home home = board.routing->home_of(call.domain);
  const auto decision =
      route::decide(group, {number, home, usage, turn.wall, hand, account != nullptr});
  call.talk_max = decision.talk_max;
  if (account != nullptr)
    notice(turn, Notice::Level::kInfo, fmt::format("call={} account={}", call.id, *account));
  if (decision.is_allowed()) return true;
  ++board.rights_refused;
  notice(turn, Notice::Level::kWarn,
         fmt::format("call={} extension={} rights={} refused {}: {}{}", call.id, extension,
                     group->name, shown(board, number.text), decision.text,
                     !code.empty() && account == nullptr ? " (the code is nobody's)" : ""));
  refuse_call(board, turn, call, core::Cause{403, 21, decision.text}, kRefusalPrompt);
  return false;
}

bool is_trusted(Switchboard& board, Turn& turn, Call& call) {
  const Block* block = board.fraud.find(call.outside.payer, turn.now);
  if (block == nullptr) return true;
  notice(turn, Notice::Level::kWarn,
         fmt::format("call={} extension={} refused: blocked for {}", call.id, call.outside.payer,
                     text(block->reason)));
  refuse_call(board, turn, call, core::Cause{403, 21, "Blocked by the fraud watch"},
              kRefusalPrompt);
  return false;
}

void begin_usage(Switchboard& board, Turn& turn, Call& call) {
  if (call.outside.payer.empty() || call.outside.is_counted) return;
  call.outside.is_counted = true;
  board.usage.begin(call.outside.payer, turn.now);
  if (is_abroad(board, call)) suspect(board, turn, call, Suspicion::kInternational);
  if (is_closed(board, turn)) suspect(board, turn, call, Suspicion::kClosed);
}

void end_usage(Switchboard& board, Turn& turn, Call& call) {
  if (!call.outside.is_counted) return;
  call.outside.is_counted = false;
  const auto talked =
      call.cdr.answered
          ? std::chrono::ceil<std::chrono::seconds>(call.cdr.ended - *call.cdr.answered)
          : std::chrono::seconds(0);
  if (call.cdr.answered && talked <= board.config->fraud.short_talk)
    suspect(board, turn, call, Suspicion::kShort);
  const route::RightsGroup* group = group_of(board, call);
  const route::Price* price = group != nullptr && group->prices && call.cdr.answered
                                  ? group->prices->find(call.outside.number.text)
                                  : nullptr;
  const std::string& extension = call.outside.payer;
  const DayTotal& today = board.usage.end(extension, turn.wall, talked,
                                          price == nullptr ? 0 : route::cost(*price, talked));
  if (group != nullptr && call.cdr.answered)
    store_fact(turn, Fact::Kind::kUsage, extension, today.text());
}

void on_talk_limit(Switchboard& board, Turn& turn, Call& call) {
  notice(turn, Notice::Level::kInfo,
         fmt::format("call={} ended: its rights let it talk no longer", call.id));
  release_call(board, turn, call, core::causes::limit_reached(), EndedBy::kExchange);
}

}  // namespace pbx::call
