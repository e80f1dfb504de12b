#include "media/session.h"

#include <algorithm>

#include "media/bytes.h"
#include "media/mos.h"
#include "media/path.h"

namespace pbx::media {
namespace {

OutgoingStream::Origin random_origin(core::Random& random) {
  // The upper bits of sequence and timestamp stay clear, so that neither wraps soon after the
  // start: some SRTP peers guess the rollover counter wrongly then (RFC 3711 3.3.1).
  return {static_cast<std::uint32_t>(random.next() | 1),
          static_cast<std::uint16_t>(random.next() & 0x7fff),
          static_cast<std::uint32_t>(random.next() & 0x7fffffff)};
}

std::uint32_t clock_of(const std::optional<call::Format>& format) {
  return format ? format->clock_hz : 8000;
}

// The event's duration counts by the clock of its own payload type (RFC 4733 2.3).
void scale_event_duration(std::span<std::uint8_t> payload, std::uint32_t from_hz,
                          std::uint32_t to_hz) {
  if (payload.size() < 4 || from_hz == to_hz) return;
  const std::uint64_t scaled = std::uint64_t{load16(payload.data() + 2)} * to_hz / from_hz;
  store16(payload.data() + 2, static_cast<std::uint32_t>(std::min<std::uint64_t>(scaled, 0xffff)));
}

}  // namespace

Session::Session(const SessionContext& context, Slot slot, const call::MediaOpen& open,
                 core::Random random)
    : context_(context),
      slot_(slot),
      leg_(open.leg),
      call_(open.call),
      latch_(context.options.latching, open.params.remote_rtp),
      received_(clock_of(open.params.send)),
      receive_clock_hz_(clock_of(open.params.send)),
      sent_(clock_of(open.params.send)),
      stream_(random_origin(random)),
      rtcp_({context.options.rtcp_interval, context.options.wall_offset}, random) {}

bool Session::can_send() const { return params_.send && call::can_send(params_.direction); }

core::Result<> Session::update(core::Instant now, const call::MediaParams& params) {
  const core::Result<> keys = set_keys(params);
  const bool first_agreement = params.send && !params_.send;
  params_ = params;
  latch_.update(params.remote_rtp);
  rtcp_source_ = {};
  index_payload_types();
  seen_format_ = nullptr;
  if (params.send) {
    send_clock_hz_ = params.send->clock_hz;
    sent_.set_clock(send_clock_hz_);
  }
  if (first_agreement) rtcp_.start(now);
  await_life(now);
  return keys;
}

void Session::await_life(core::Instant now) {
  heard_ = now;
  silence_told_ = false;
}

void Session::index_payload_types() {
  format_of_.fill(-1);
  for (std::size_t i = 0; i < params_.receive.size() && i < 127; ++i)
    format_of_[params_.receive[i].payload_type & 0x7f] = static_cast<std::int8_t>(i);
}

core::Result<> Session::set_keys(const call::MediaParams& params) {
  core::Result<> result;
  const auto change = [&](const std::optional<call::SrtpKey>& key, SrtpContext::Use use,
                          std::optional<SrtpContext>& srtp) {
    srtp.reset();
    if (!key) return;
    auto opened = SrtpContext::open(*key, use);
    if (opened)
      srtp.emplace(std::move(*opened));
    else
      result = tl::unexpected(opened.error());
  };
  // A key that stays keeps its context: rollover counter and replay window go on.
  if (params.srtp_send != params_.srtp_send)
    change(params.srtp_send, SrtpContext::Use::kSend, srtp_send_);
  if (params.srtp_receive != params_.srtp_receive)
    change(params.srtp_receive, SrtpContext::Use::kReceive, srtp_receive_);
  srtp_used_ = srtp_used_ || srtp_send_ || srtp_receive_;
  return result;
}

Incoming Session::classify(std::uint8_t payload_type) const {
  const int index = format_of_[payload_type & 0x7f];
  if (index < 0) return {};
  const call::Format& format = params_.receive[static_cast<std::size_t>(index)];
  if (format.codec == call::Codec::kTelephoneEvent) return {Incoming::Kind::kEvent, &format};
  if (format.codec == call::Codec::kComfortNoise) return {Incoming::Kind::kNoise, &format};
  return {Incoming::Kind::kAudio, &format};
}

bool Session::open_srtp(RtpPacket& packet, Port port) {
  if (!params_.srtp_receive) return true;
  if (!srtp_receive_) return false;
  const std::size_t size = port == Port::kRtp ? srtp_receive_->open_rtp(packet.bytes())
                                              : srtp_receive_->open_rtcp(packet.bytes());
  packet.set_size(size);
  return size > 0;
}

Incoming Session::receive(core::Instant now, const core::SocketAddress& source, RtpPacket& packet) {
  EngineCounters& counters = context_.counters;
  const auto refuse = [&counters](Drop why) {
    counters.drop(why);
    return Incoming{};
  };
  if (!open_srtp(packet, Port::kRtp)) return refuse(Drop::kSrtp);
  if (!packet.parse()) return refuse(Drop::kMalformed);
  const Incoming incoming = classify(packet.header().payload_type);
  if (incoming.format == nullptr) return refuse(Drop::kPayloadType);
  if (!latch_.on_packet(now, source)) return refuse(Drop::kSource);
  packet.set_arrival(now);
  await_life(now);
  if (!count(now, packet, incoming)) return {};
  if (!call::can_receive(params_.direction)) return refuse(Drop::kDirection);
  return incoming;
}

bool Session::count(core::Instant now, const RtpPacket& packet, const Incoming& incoming) {
  EngineCounters& counters = context_.counters;
  const RtpHeader& header = packet.header();
  const bool timed = incoming.kind != Incoming::Kind::kEvent;
  if (incoming.kind == Incoming::Kind::kAudio) follow_format(*incoming.format);
  const auto verdict = received_.on_packet(header, now, timed);
  if (verdict == ReceiveStatistics::Verdict::kStray) {
    counters.drop(Drop::kStray);
    return false;
  }
  if (verdict == ReceiveStatistics::Verdict::kRestarted) history_ = {};
  bytes_received_ += packet.payload().size();
  switch (history_.on_packet(header.sequence)) {
    case SequenceHistory::Place::kDuplicate:
      ++duplicates_;
      counters.drop(Drop::kDuplicate);
      return false;
    case SequenceHistory::Place::kReordered:
      ++reordered_;
      break;
    case SequenceHistory::Place::kNext:
    case SequenceHistory::Place::kFarAway:
      break;
  }
  return true;
}

void Session::follow_format(const call::Format& format) {
  if (seen_format_ == &format) return;
  if (receive_clock_hz_ != format.clock_hz) received_.set_clock(format.clock_hz);
  receive_clock_hz_ = format.clock_hz;
  seen_format_ = &format;
  last_codec_ = format.codec;
}

void Session::receive_rtcp(core::Instant now, const core::SocketAddress& source,
                           RtpPacket& packet) {
  EngineCounters& counters = context_.counters;
  if (!open_srtp(packet, Port::kRtcp)) return counters.drop(Drop::kSrtp);
  // Reports are believed from the host that the stream comes from.
  if (latch_.target() && source.ip != latch_.target().ip) return counters.drop(Drop::kSource);
  if (!rtcp_.on_compound(now, packet.bytes(), stream_.ssrc(), received_))
    return counters.drop(Drop::kMalformed);
  rtcp_source_ = source;
  if (context_.options.rtcp_is_life) await_life(now);
}

void Session::relay(core::Instant now, const Incoming& incoming, RtpPacket& packet) {
  RtpHeader header = packet.header();
  const std::optional<call::Format>& target = incoming.kind == Incoming::Kind::kAudio ? params_.send
                                              : incoming.kind == Incoming::Kind::kNoise
                                                  ? params_.send_noise
                                                  : params_.send_dtmf;
  if (!target || !can_send()) return relay_.skip(header);
  const bool placed = incoming.kind == Incoming::Kind::kEvent
                          ? renumber_event(now, *incoming.format, header)
                          : relay_.renumber(now, send_clock_hz_, stream_, header);
  if (!placed) return;
  header.payload_type = target->payload_type;
  if (sent_recording_ && incoming.kind == Incoming::Kind::kAudio)
    context_.tap->packet(sent_recording_, RecordSide::kRight, *incoming.format, header, now,
                         packet.payload());
  rewrite_rtp_header(header, packet.bytes());
  if (incoming.kind == Incoming::Kind::kEvent) {
    const std::size_t at =
        packet.bytes().size() - packet.payload().size() - packet.view().padding_bytes;
    scale_event_duration(packet.bytes().subspan(at, packet.payload().size()),
                         incoming.format->clock_hz, target->clock_hz);
  }
  ++context_.counters.relayed;
  sent_.on_packet(header.timestamp, packet.payload().size(), now);
  transmit(packet.buffer(), packet.bytes().size());
}

bool Session::renumber_event(core::Instant now, const call::Format& format, RtpHeader& header) {
  const std::uint32_t source_timestamp = header.timestamp;
  if (format.clock_hz == send_clock_hz_)
    return relay_.renumber(now, send_clock_hz_, stream_, header);
  if (!relay_.renumber_untimed(now, stream_, header)) return false;
  if (source_timestamp != event_source_timestamp_ || header.marker) {
    event_source_timestamp_ = source_timestamp;
    event_timestamp_ = stream_.timestamp_at(now, send_clock_hz_);
  }
  header.timestamp = event_timestamp_;
  return true;
}

void Session::send_made(core::Instant now, const Made& made, std::span<std::uint8_t> buffer) {
  relay_.end();
  const RtpHeader header{made.payload_type, made.marker, stream_.next_sequence(), made.timestamp,
                         stream_.ssrc()};
  write_rtp_header(header, buffer);
  if (sent_recording_ && made.is_audio)
    context_.tap->packet(sent_recording_, RecordSide::kRight, *params_.send, header, now,
                         buffer.subspan(kRtpHeaderBytes, made.payload_bytes));
  stream_.on_sent(header.sequence, header.timestamp, now);
  sent_.on_packet(header.timestamp, made.payload_bytes, now);
  transmit(buffer, kRtpHeaderBytes + made.payload_bytes);
}

void Session::transmit(std::span<std::uint8_t> buffer, std::size_t size_bytes) {
  EngineCounters& counters = context_.counters;
  if (!latch_.target() || latch_.target().ip.is_unspecified()) {
    ++counters.send_refused;
    return;
  }
  if (params_.srtp_send) size_bytes = srtp_send_ ? srtp_send_->protect_rtp(buffer, size_bytes) : 0;
  if (size_bytes == 0) {
    ++counters.send_refused;
    return;
  }
  ++counters.packets_out;
  counters.bytes_out += size_bytes;
  context_.network.send(slot_, Port::kRtp, latch_.target(), buffer.first(size_bytes));
}

bool Session::receive_fax(core::Instant now, const core::SocketAddress& source,
                          const RtpPacket& packet) {
  if (!latch_.on_packet(now, source)) {
    context_.counters.drop(Drop::kSource);
    return false;
  }
  await_life(now);
  bytes_received_ += packet.bytes().size();
  return true;
}

void Session::send_fax(RtpPacket& packet) {
  relayed_ = true;
  transmit(packet.buffer(), packet.bytes().size());
}

void Session::on_time(core::Instant now) {
  if (!params_.fax && rtcp_.is_due(now)) send_report(now, false);
}

void Session::send_bye(core::Instant now) {
  if (sent_.packets() > 0 || received_.has_received()) send_report(now, true);
}

void Session::send_report(core::Instant now, bool bye) {
  std::array<std::uint8_t, 512> buffer;
  std::size_t size = rtcp_.write(now, stream_.ssrc(), bye, sent_, received_, buffer);
  const core::SocketAddress to = rtcp_target();
  if (size == 0 || !to || to.ip.is_unspecified()) return;
  if (params_.srtp_send) size = srtp_send_ ? srtp_send_->protect_rtcp(buffer, size) : 0;
  if (size == 0) return;
  ++context_.counters.packets_out;
  context_.counters.bytes_out += size;
  context_.network.send(slot_, params_.rtcp_mux ? Port::kRtp : Port::kRtcp, to,
                        std::span(buffer).first(size));
}

core::SocketAddress Session::rtcp_target() const {
  if (params_.rtcp_mux) return latch_.target();
  if (rtcp_source_) return rtcp_source_;
  if (params_.remote_rtcp && latch_.target() == latch_.signalled()) return params_.remote_rtcp;
  // Behind NAT: the port after the one that RTP comes from is the best guess.
  core::SocketAddress guess = latch_.target();
  if (guess) ++guess.port;
  return guess;
}

bool Session::take_silence(core::Instant now) {
  if (silence_told_ || !params_.send) return false;
  const core::Duration limit = call::can_receive(params_.direction)
                                   ? context_.options.rtp_timeout
                                   : context_.options.rtp_timeout_hold;
  if (limit == core::Duration::zero() || now - heard_ < limit) return false;
  silence_told_ = true;
  return true;
}

// RFC 3550 A.3 lets a duplicate make up for a loss, which is right for RTCP only.
std::uint64_t Session::lost() const {
  const std::uint64_t different =
      received_.received() - std::min(duplicates_, received_.received());
  return received_.expected() > different ? received_.expected() - different : 0;
}

// Packets that came too late to be played are as lost as the others.
double Session::loss_ratio() const {
  const double expected = static_cast<double>(std::max<std::uint64_t>(received_.expected(), 1));
  return std::min(1.0, static_cast<double>(lost() + late_) / expected);
}

double Session::quality(const std::optional<call::Codec>& codec, double loss) const {
  StreamQuality stream;
  stream.codec = codec.value_or(call::Codec::kPcmu);
  stream.loss_ratio = loss;
  // One way: half the round trip, two packet times to make and to play, and twice the jitter that
  // a buffer must ride out.
  stream.delay = rtcp_.remote().round_trip / 2 + 2 * kTickInterval + 2 * received_.jitter();
  return mos_of(stream);
}

call::MediaReport Session::report() const {
  call::MediaReport report;
  report.received.codec = last_codec_;
  report.received.packets = received_.received();
  report.received.bytes = bytes_received_;
  report.received.lost = lost();
  report.received.late = late_;
  report.received.duplicate = duplicates_;
  report.received.reordered = reordered_;
  report.received.jitter = received_.jitter();
  if (params_.send) report.sent.codec = params_.send->codec;
  report.sent.packets = sent_.packets();
  report.sent.bytes = sent_.octets();
  const RemoteReport& remote = rtcp_.remote();
  report.sent.lost = remote.lost;
  report.sent.jitter =
      std::chrono::microseconds(std::uint64_t{remote.jitter_ticks} * 1'000'000 / send_clock_hz_);
  report.round_trip = remote.round_trip;
  if (received_.received() > 0) report.mos_received = quality(report.received.codec, loss_ratio());
  if (remote.known && sent_.packets() > 0)
    report.mos_sent = quality(
        report.sent.codec, static_cast<double>(remote.lost) / static_cast<double>(sent_.packets()));
  report.remote_rtp = latch_.target();
  report.relayed = relayed_;
  report.transcoded = transcoded_;
  report.srtp = srtp_used_;
  return report;
}

}  // namespace pbx::media
