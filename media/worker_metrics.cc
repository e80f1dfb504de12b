#include "media/worker_metrics.h"

#include <string>

#include <fmt/format.h>

namespace pbx::media {

WorkerMetrics::WorkerMetrics(core::MetricsRegistry* registry, core::WorkerId worker) {
  if (registry == nullptr) return;
  const core::Label mine{"worker", fmt::format("{}", worker.value)};
  const auto counter = [&](const char* name, const char* help, core::Labels labels = {}) {
    labels.push_back(mine);
    return Follower{registry->counter(name, help, std::move(labels))};
  };
  const auto gauge = [&](const char* name, const char* help, core::Labels labels = {}) {
    labels.push_back(mine);
    return registry->gauge(name, help, std::move(labels));
  };
  packets_in_ = counter("strowger_media_packets_in_total", "RTP and RTCP packets received.");
  packets_out_ = counter("strowger_media_packets_out_total", "RTP and RTCP packets sent.");
  bytes_in_ = counter("strowger_media_in_bytes_total", "Bytes received, without UDP and IP.");
  bytes_out_ = counter("strowger_media_out_bytes_total", "Bytes sent, without UDP and IP.");
  relayed_ = counter("strowger_media_relayed_packets_total", "Packets sent by the relay path.");
  ticks_ = counter("strowger_media_tick_frames_total", "Frames of 20 ms sent by the tick path.");
  for (std::size_t i = 0; i < kDrops; ++i)
    dropped_[i] = counter("strowger_media_dropped_packets_total", "Received packets not used.",
                          {{"reason", std::string(text(static_cast<Drop>(i)))}});
  send_refused_ = counter("strowger_media_send_refused_total",
                          "Packets not sent: no address known yet, or SRTP refused.");
  send_full_ = counter("strowger_media_send_full_total", "Packets the kernel had no room for.");
  socket_errors_ = counter("strowger_media_socket_errors_total", "Failed receives and sends.");
  no_buffer_ = counter("strowger_media_pool_exhausted_total",
                       "Packets thrown away because all buffers were in use.");
  ring_dropped_ = counter("strowger_media_recording_ring_dropped_total",
                          "Packets missing in recordings because the ring was full.");
  sessions_opened_ = counter("strowger_media_sessions_opened_total", "Sessions opened.");
  sessions_failed_ = counter("strowger_media_sessions_failed_total", "Sessions refused.");
  for (std::size_t i = 0; i < late_.size(); ++i) {
    const bool last = i == Engine::Lateness::kBounds_ms.size();
    late_[i] =
        counter("strowger_media_ticks_total", "Ticks by how late they were.",
                {{"late_ms", last ? "more" : fmt::format("{}", Engine::Lateness::kBounds_ms[i])}});
  }
  sessions_ = gauge("strowger_media_sessions", "Open sessions.");
  relay_paths_ = gauge("strowger_media_paths", "What legs hear, by path.", {{"kind", "relay"}});
  tick_paths_ = gauge("strowger_media_paths", "What legs hear, by path.", {{"kind", "tick"}});
  recordings_ = gauge("strowger_media_recordings", "Recordings in progress.");
  pool_used_ = gauge("strowger_media_pool_used_packets", "Packet buffers in use.");
  pool_reserved_ = gauge("strowger_media_pool_reserved_packets", "Packet buffers that exist.");
}

void WorkerMetrics::publish(const Engine& engine, const SocketCounters& sockets,
                            std::uint64_t ring_dropped) {
  const EngineCounters& counted = engine.counters();
  packets_in_.follow(counted.packets_in);
  packets_out_.follow(counted.packets_out);
  bytes_in_.follow(counted.bytes_in);
  bytes_out_.follow(counted.bytes_out);
  relayed_.follow(counted.relayed);
  ticks_.follow(counted.ticks);
  for (std::size_t i = 0; i < kDrops; ++i) dropped_[i].follow(counted.dropped[i]);
  send_refused_.follow(counted.send_refused);
  send_full_.follow(sockets.send_full);
  socket_errors_.follow(sockets.receive_errors + sockets.send_errors + sockets.truncated);
  no_buffer_.follow(sockets.no_buffer);
  ring_dropped_.follow(ring_dropped);
  sessions_opened_.follow(counted.sessions_opened);
  sessions_failed_.follow(counted.sessions_failed);
  for (std::size_t i = 0; i < late_.size(); ++i) late_[i].follow(engine.lateness().counts[i]);
  const Engine::Census census = engine.census();
  sessions_.set(static_cast<double>(census.sessions));
  relay_paths_.set(static_cast<double>(census.relay_paths));
  tick_paths_.set(static_cast<double>(census.tick_paths));
  recordings_.set(static_cast<double>(census.recordings));
  pool_used_.set(static_cast<double>(engine.pool().stats().used));
  pool_reserved_.set(static_cast<double>(engine.pool().stats().reserved));
}

}  // namespace pbx::media
