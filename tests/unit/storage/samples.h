// Records and directories for the tests of storage and of those who show records.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include "core/call/binding.h"
#include "core/call/cdr.h"

namespace pbx::storage::test {

// A directory that is gone when the test is over.
class TempDir {
 public:
  TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "strowger-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TempDir() { std::filesystem::remove_all(path_); }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline core::WallTime at(std::int64_t milliseconds) {
  return core::WallTime{std::chrono::milliseconds(1'700'000'000'000 + milliseconds)};
}

inline call::MediaReport sample_media() {
  call::MediaReport media;
  media.received = {call::Codec::kPcma, 1500, 240000, 3, 1, 2, 4, std::chrono::microseconds(2100)};
  media.sent = {call::Codec::kPcma, 1499, 239840, 0, 0, 0, 0, std::chrono::microseconds(900)};
  media.round_trip = std::chrono::microseconds(12345);
  media.mos_received = 4.25;
  media.mos_sent = 4.5;
  media.remote_rtp = core::parse_socket_address("192.0.2.7:40000").value();
  media.relayed = true;
  return media;
}

inline call::CdrLeg sample_leg(std::uint64_t id, bool caller) {
  call::CdrLeg leg;
  leg.leg = core::LegId{id};
  leg.caller = caller;
  leg.extension = caller ? "101" : "102";
  leg.party = {leg.extension, caller ? "Ольга \"O\"" : ""};
  leg.contact = "sip:" + leg.extension + "@192.0.2.7:5060";
  leg.peer = "192.0.2.7:5060";
  leg.user_agent = "Phone/1.0";
  leg.sip_call_id = "abc@192.0.2.7";
  leg.started = at(0);
  if (!caller) leg.ringing = at(100);
  leg.answered = at(2000);
  leg.ended = at(32000);
  leg.cause = {200, 16, "normal"};
  leg.media = sample_media();
  return leg;
}

inline call::Cdr sample_cdr(std::uint64_t id = 0x7f3a91, std::int64_t started_ms = 0) {
  call::Cdr cdr;
  cdr.id = cdr.chain = core::CallId{id};
  cdr.started = at(started_ms);
  cdr.answered = at(started_ms + 2000);
  cdr.ended = at(started_ms + 32000);
  cdr.caller = {"101", "Ольга \"O\""};
  cdr.dialed = "102";
  cdr.called = {"102", ""};
  cdr.outcome = call::Outcome::kAnswered;
  cdr.ended_by = call::EndedBy::kCaller;
  cdr.cause = {200, 16, "normal"};
  cdr.legs = {sample_leg(1, true), sample_leg(2, false)};
  cdr.segments = {{call::Segment::Kind::kRinging, at(100), at(2000), ""},
                  {call::Segment::Kind::kTalking, at(2000), at(32000), ""}};
  cdr.recordings = {core::RecordingId{0x55}};
  cdr.digits = 3;
  return cdr;
}

inline call::Recording sample_recording(std::uint64_t id = 0x55, std::uint64_t call = 0x7f3a91) {
  call::Recording recording;
  recording.id = core::RecordingId{id};
  recording.call = recording.chain = core::CallId{call};
  recording.token = "AbCdEfGhIjKlMnOpQrStUw" + std::to_string(id);
  recording.started = at(2000);
  recording.left = "101";
  recording.right = "102";
  recording.path = "2023/11/14/x.wav";
  recording.duration = std::chrono::milliseconds(30000);
  recording.size_bytes = 960044;
  recording.sha256 = std::string(64, 'a');
  recording.complete = true;
  return recording;
}

inline call::Binding sample_binding(std::uint64_t id = 9) {
  call::Binding binding;
  binding.id = core::BindingId{id};
  binding.profile_name = "phones";
  binding.extension = "101";
  binding.contact_uri = "sip:101@10.0.0.5:5062;ob";
  binding.received = core::parse_socket_address("192.0.2.7:31000").value();
  binding.transport = call::Transport::kTcp;
  binding.local_ip = core::parse_ip("192.0.2.1").value();
  binding.q_thousandths = 500;
  binding.expires = at(600000);
  binding.instance = "<urn:uuid:1>";
  binding.sip_call_id = "reg1";
  binding.cseq = 17;
  binding.user_agent = "Phone/1.0";
  return binding;
}

}  // namespace pbx::storage::test
