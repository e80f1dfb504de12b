// media/worker.h — the thread of one media engine: its sockets, its clock, its mailbox.
//
// Thread shell.  Any thread may post(); everything else happens on the worker's own thread, from
// which events go to the sink given at construction (a mailbox of control: it must not block).
//
// What has no place in the engine because it waits for a disk is done before a command enters it:
// see SoundLibrary.

#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <variant>

#include "core/base/mailbox.h"
#include "core/base/metrics.h"
#include "core/call/media_command.h"
#include "media/engine_options.h"
#include "media/record_ring.h"
#include "media/socket_set.h"
#include "media/sound_library.h"

namespace pbx::media {

using EventSink = std::function<void(call::MediaEvent event)>;

struct WorkerOptions {
  core::WorkerId id{1};
  EngineOptions engine;
  SocketSetOptions sockets;
  SoundOptions sounds;
  std::size_t mailbox_capacity = 65'536;
  int pin_to_cpu = -1;                       // -1: wherever the kernel likes
  bool realtime = false;                     // before all ordinary threads, if we may
  core::MetricsRegistry* metrics = nullptr;  // outlives the worker; null: none
  RecordRing* recording = nullptr;           // of the recording thread; null: nothing is recorded
};

class Worker {
 public:
  // Starts the thread.  `sink` is called on it.
  Worker(const WorkerOptions& options, EventSink sink);
  ~Worker();  // stop()
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Any thread.  MediaOpen is refused when the mailbox is at its mark (false); all else belongs to
  // calls in progress and always gets in.
  bool post(call::MediaCommand command);

  // Any thread: the configuration has changed (Engine::set_options).
  void apply(const EngineOptions& options) { mailbox_.post_always(Message(options)); }

  // Ends all sessions with a BYE and their reports, then the thread; returns when it is over.
  void stop();

 private:
  class Loop;
  void run() noexcept;

  WorkerOptions options_;
  EventSink sink_;
  using Message = std::variant<call::MediaCommand, EngineOptions>;
  core::Mailbox<Message> mailbox_;
  std::atomic<bool> stopping_ = false;
  core::WakeFd stop_wake_;
  std::thread thread_;
};

}  // namespace pbx::media
