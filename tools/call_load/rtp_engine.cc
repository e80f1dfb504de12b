#include "tools/call_load/rtp_engine.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "core/base/clock.h"
#include "tools/call_load/tone.h"

namespace pbx::call_load {
namespace {

constexpr std::size_t kDatagramMax = 1500;
constexpr std::int64_t kDelayMax = 60'000'000'000;  // more is a clock that was set

std::int64_t wall_ns() { return core::wall_now().time_since_epoch().count(); }

std::vector<std::uint8_t> make_payload(const Options& options, Side side) {
  const Codec codec = side == Side::kCaller ? options.codec : options.callee_codec;
  const std::size_t size = 8u * options.ptime_ms;  // all three codecs: 64 kbit/s
  if (options.tone) return tone_payload(codec, side == Side::kCaller ? 400 : 600, size);
  return std::vector<std::uint8_t>(size, codec == Codec::kPcma ? 0xd5 : 0xff);  // near silence
}

}  // namespace

RtpEngine::RtpEngine(const Options& options, std::vector<int> shared_fds,
                     Ring<MediaCommand>& commands, Ring<MediaReport>& reports)
    : options_(options),
      shared_fds_(std::move(shared_fds)),
      commands_(commands),
      reports_(reports),
      wheel_(options.ptime_ms),
      payload_{make_payload(options, Side::kCaller), make_payload(options, Side::kCallee)},
      reader_(kDatagramMax) {}

void RtpEngine::step(core::Instant now) {
  reports_.flush();
  take_commands(now);
  if (next_tick_ == core::Instant{}) next_tick_ = now;
  if (now - next_tick_ > kCatchUp) {
    const auto missed = (now - next_tick_) / kTick;
    times_.ticks_skipped += static_cast<std::uint64_t>(missed);
    ticks_ += static_cast<std::uint64_t>(missed);
    next_tick_ += missed * kTick;
  }
  for (; next_tick_ <= now; next_tick_ += kTick) {
    if (is_measuring_.load(std::memory_order_relaxed))
      times_.tick_lateness.record(static_cast<std::uint64_t>((now - next_tick_).count()));
    tick(now);
    for (const int fd : shared_fds_) read(now, fd, nullptr);
  }
}

void RtpEngine::take_commands(core::Instant now) {
  while (const auto command = commands_.pop()) apply(now, *command);
}

void RtpEngine::apply(core::Instant now, const MediaCommand& command) {
  if (command.kind == MediaCommand::Kind::kOpen) return open(command);
  Stream& stream = streams_[command.leg.index];
  switch (command.kind) {
    case MediaCommand::Kind::kConnect:
      return connect(stream, command);
    case MediaCommand::Kind::kStart:
      if (stream.started == core::Instant{}) stream.started = now;
      stream.is_sending = true;
      stream.is_resumed = true;
      return;
    case MediaCommand::Kind::kPause:
      stream.is_sending = false;
      return;
    case MediaCommand::Kind::kClose:
      return close(now, stream);
    case MediaCommand::Kind::kOpen:
      return;
  }
}

void RtpEngine::open(const MediaCommand& command) {
  const std::uint32_t index = command.leg.index;
  if (index >= streams_.size()) streams_.resize(index + 1);
  Stream& stream = streams_[index];
  stream = {};
  stream.leg = command.leg;
  stream.fd = command.fd;
  // Spread as random starts would be, without a random source (RFC 3550 5.1).
  stream.ssrc = (command.leg.serial * 2 + index % 2) * 2654435761u;
  stream.sequence = static_cast<std::uint16_t>(stream.ssrc >> 7);
  stream.timestamp = stream.ssrc >> 3;
  // The emptiest millisecond, looked for from another place each time.
  next_wheel_slot_ = (next_wheel_slot_ + 7) % options_.ptime_ms;
  stream.wheel_slot = next_wheel_slot_;
  for (std::uint32_t i = 0; i < options_.ptime_ms; ++i) {
    const std::uint32_t slot = (next_wheel_slot_ + i) % options_.ptime_ms;
    if (wheel_[slot].size() < wheel_[stream.wheel_slot].size()) stream.wheel_slot = slot;
  }
  stream.wheel_place = static_cast<std::uint32_t>(wheel_[stream.wheel_slot].size());
  stream.until_read = 1 + index % kReadEvery;
  wheel_[stream.wheel_slot].push_back(index);
}

void RtpEngine::forget_remote(const Stream& stream) {
  const auto found = by_remote_.find(stream.remote_address);
  if (found != by_remote_.end() && found->second == stream.leg.index) by_remote_.erase(found);
}

void RtpEngine::connect(Stream& stream, const MediaCommand& command) {
  forget_remote(stream);
  sockaddr_storage address;
  stream.remote_size = core::to_sockaddr(command.remote, address);
  std::memcpy(&stream.remote, &address, sizeof stream.remote);
  stream.payload_type = static_cast<std::uint8_t>(command.codec);
  stream.remote_address = command.remote;
  if (!shared_fds_.empty()) by_remote_.insert_or_assign(command.remote, stream.leg.index);
}

void RtpEngine::close(core::Instant now, Stream& stream) {
  read(now, stream.fd, shared_fds_.empty() ? &stream : nullptr);
  std::vector<std::uint32_t>& slot = wheel_[stream.wheel_slot];
  slot[stream.wheel_place] = slot.back();
  streams_[slot.back()].wheel_place = stream.wheel_place;
  slot.pop_back();
  stream.fd = -1;
  forget_remote(stream);
  MediaReport report;
  report.leg = stream.leg;
  report.sent = stream.sent;
  report.marked = stream.marked.unique();
  report.first = stream.marked.first();
  report.highest = stream.marked.highest();
  report.reordered = stream.marked.reordered();
  report.duplicated = stream.marked.duplicated();
  report.crossed = stream.crossed;
  report.unmarked = stream.unmarked_count;
  report.unmarked_lost = stream.unmarked_lost + stream.unmarked.missing();
  reports_.push(report);
}

void RtpEngine::tick(core::Instant now) {
  for (const std::uint32_t index : wheel_[ticks_++ % wheel_.size()]) {
    Stream& stream = streams_[index];
    stream.timestamp += 8 * options_.ptime_ms;  // silence takes time too
    if (stream.is_sending) send(stream);
    if (--stream.until_read != 0) continue;
    stream.until_read = kReadEvery;
    if (shared_fds_.empty()) read(now, stream.fd, &stream);
  }
  flush();
}

void RtpEngine::send(Stream& stream) {
  if (stream.remote_size == 0) return;
  const std::vector<std::uint8_t>& payload = payload_[stream.leg.index % 2];
  auto& packet = out_.packets[out_.size];
  RtpHeader header;
  header.payload_type = stream.payload_type;
  header.is_marked = std::exchange(stream.is_resumed, false);
  header.sequence = stream.sequence++;
  header.timestamp = stream.timestamp;
  header.ssrc = stream.ssrc;
  write_header(packet, header);
  std::memcpy(&packet[kRtpHeaderSize], payload.data(), payload.size());
  if (!options_.tone)
    write_mark(std::span(packet).subspan(kRtpHeaderSize),
               {stream.leg.index, stream.leg.serial, stream.mark_sequence, wall_ns()});
  const std::size_t size = kRtpHeaderSize + payload.size();
  ++stream.mark_sequence;
  ++stream.sent;
  ++times_.datagrams_sent;
  if (!shared_fds_.empty()) return queue(stream, size);
  const auto* to = reinterpret_cast<const sockaddr*>(&stream.remote);
  if (::sendto(stream.fd, packet.data(), size, 0, to, stream.remote_size) < 0) ++times_.send_errors;
}

void RtpEngine::queue(const Stream& stream, std::size_t size) {
  if (out_.size != 0 && out_.fd != stream.fd) {
    // The packet was written behind those of another socket: they go first.
    const auto packet = out_.packets[out_.size];
    flush();
    out_.packets[0] = packet;
  }
  const std::size_t place = out_.size++;
  out_.fd = stream.fd;
  out_.to[place] = stream.remote;
  out_.vectors[place] = {out_.packets[place].data(), size};
  msghdr& message = out_.headers[place].msg_hdr;
  message = {};
  message.msg_name = &out_.to[place];
  message.msg_namelen = stream.remote_size;
  message.msg_iov = &out_.vectors[place];
  message.msg_iovlen = 1;
  if (out_.size == kSendBatch) flush();
}

void RtpEngine::flush() {
  if (out_.size == 0) return;
  const int sent = ::sendmmsg(out_.fd, out_.headers.data(), static_cast<unsigned>(out_.size), 0);
  times_.send_errors += out_.size - static_cast<std::size_t>(std::max(sent, 0));
  out_.size = 0;
}

void RtpEngine::read(core::Instant now, int fd, Stream* owner) {
  for (unsigned round = 0; round < kReadRounds; ++round) {
    const std::size_t count = reader_.read(fd);
    times_.datagrams_received += count;
    for (std::size_t i = 0; i < count; ++i) {
      const UdpReader::Datagram datagram = reader_[i];
      const auto view = parse_rtp(datagram.bytes);
      if (!view) {
        ++times_.not_rtp;
        continue;
      }
      Stream* const stream = owner != nullptr ? owner : find_receiver(datagram, *view);
      if (stream != nullptr)
        receive(now, *stream, datagram, *view);
      else
        ++times_.strays;
    }
    if (count < UdpReader::kBatch) return;
  }
}

// On a shared socket: the leg that the mark names, if the packet comes from where that leg's come
// from; else the leg whose packets come from there, which then counts it as crossed or unmarked.
// A packet for a leg that is closed is nobody's.
RtpEngine::Stream* RtpEngine::find_receiver(const UdpReader::Datagram& datagram,
                                            const RtpView& view) {
  const auto open_stream = [this](std::uint32_t index) {
    return index < streams_.size() && streams_[index].fd >= 0 ? &streams_[index] : nullptr;
  };
  const auto mark = parse_mark(view.payload);
  Stream* const named = mark ? open_stream(mark->leg ^ 1) : nullptr;
  if (mark && (named == nullptr || named->remote_address == datagram.from)) return named;
  const auto found = by_remote_.find(datagram.from);
  return found == by_remote_.end() ? named : open_stream(found->second);
}

void RtpEngine::receive(core::Instant now, Stream& stream, const UdpReader::Datagram& datagram,
                        const RtpView& view) {
  const std::int64_t arrived_ns = datagram.arrived_ns != 0 ? datagram.arrived_ns : wall_ns();
  if (!std::exchange(stream.has_heard, true) && stream.started != core::Instant{} &&
      is_measuring_.load(std::memory_order_relaxed)) {
    // `now` is when the socket was read; the kernel knows how long the packet had waited.
    const std::int64_t waited = std::max<std::int64_t>(wall_ns() - arrived_ns, 0);
    const std::int64_t since = (now - stream.started).count() - waited;
    times_.first_packet.record(static_cast<std::uint64_t>(std::max<std::int64_t>(since, 0)));
  }
  const auto mark = parse_mark(view.payload);
  if (!mark) return receive_unmarked(stream, view.header, arrived_ns);
  if (mark->serial != stream.leg.serial || mark->leg != (stream.leg.index ^ 1)) {
    ++stream.crossed;
    return;
  }
  const bool is_successive = stream.marked.add(mark->sequence);
  record_interval(stream, is_successive && !view.header.is_marked, arrived_ns);
  if (!is_measuring_.load(std::memory_order_relaxed)) return;
  const std::int64_t delay = arrived_ns - mark->sent_ns;
  if (delay < 0 || delay > kDelayMax)
    ++times_.clock_steps;
  else
    times_.delay[stream.leg.index % 2].record(static_cast<std::uint64_t>(delay));
}

void RtpEngine::receive_unmarked(Stream& stream, const RtpHeader& header, std::int64_t arrived_ns) {
  bool is_new_stream = false;
  const std::uint32_t sequence =
      stream.extender.extend(header.sequence, header.ssrc, is_new_stream);
  if (is_new_stream) {
    stream.unmarked_lost += stream.unmarked.missing();
    stream.unmarked = {};
  }
  ++stream.unmarked_count;
  const bool is_successive = stream.unmarked.add(sequence);
  if (options_.is_transcoded() || options_.tone)
    record_interval(stream, is_successive && !header.is_marked, arrived_ns);
}

void RtpEngine::record_interval(Stream& stream, bool is_successive, std::int64_t arrived_ns) {
  const std::int64_t interval = arrived_ns - std::exchange(stream.last_arrival_ns, arrived_ns);
  if (!is_successive || !is_measuring_.load(std::memory_order_relaxed)) return;
  const std::int64_t ptime_ns = std::int64_t{options_.ptime_ms} * 1'000'000;
  times_.jitter.record(static_cast<std::uint64_t>(std::abs(interval - ptime_ns)));
}

}  // namespace pbx::call_load
