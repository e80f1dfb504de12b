#include <array>
#include <string_view>
#include <utility>

#include "core/config/describe.h"

namespace pbx::config {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr std::array<std::pair<std::string_view, CodecName>, 6> kCodecs{{{"pcmu", CodecName::kPcmu},
                                                                         {"pcma", CodecName::kPcma},
                                                                         {"g722", CodecName::kG722},
                                                                         {"opus", CodecName::kOpus},
                                                                         {"gsm", CodecName::kGsm},
                                                                         {"l16", CodecName::kL16}}};
constexpr std::array<std::pair<std::string_view, SrtpMode>, 3> kSrtpModes{
    {{"off", SrtpMode::kOff},
     {"optional", SrtpMode::kOptional},
     {"required", SrtpMode::kRequired}}};
constexpr std::array<std::pair<std::string_view, Latching>, 3> kLatchings{
    {{"off", Latching::kOff}, {"on", Latching::kOn}, {"strict", Latching::kStrict}}};
constexpr std::array<std::pair<std::string_view, Millis>, 5> kPtimes{{{"10ms", Millis(10)},
                                                                      {"20ms", Millis(20)},
                                                                      {"30ms", Millis(30)},
                                                                      {"40ms", Millis(40)},
                                                                      {"60ms", Millis(60)}}};

void describe_engine(Visitor& v, Media& media) {
  v.option({.name = "rtp_ports",
            .help = "The UDP ports for audio, four for each call; a firewall must let them pass.",
            .reload = Reload::kRestart},
           media.rtp_ports, PortRangeForm{});
  v.option({.name = "port_quarantine",
            .help = "How long a port rests after a call, so that late packets do not reach the "
                    "next one.",
            .reload = Reload::kRestart},
           media.port_quarantine, DurationForm{.min = seconds(0), .max = seconds(120)});
  v.option({.name = "workers", .help = "How many threads move audio.", .reload = Reload::kRestart},
           media.workers,
           NumberForm{.min = 1, .max = 256, .unit = "threads", .zero = "one for each core"});
  v.option({.name = "pin_workers",
            .help = "Whether each of these threads stays on one core, which steadies the delay; "
                    "turn it off on a host shared with other work.",
            .reload = Reload::kRestart},
           media.pin_workers, FlagForm{});
  v.option({.name = "realtime",
            .help = "Whether these threads go before all ordinary processes of the machine, so "
                    "that audio never waits for them; needs the right to it (CAP_SYS_NICE), "
                    "without which the log says so and calls go on.",
            .reload = Reload::kRestart},
           media.realtime, FlagForm{});
  v.option({.name = "dscp", .help = "How routers that honour it treat audio packets (RFC 2474)."},
           media.dscp, DscpForm{});
}

void describe_timing(Visitor& v, Media& media) {
  v.option({.name = "ptime",
            .help = "How much audio each packet holds: longer saves packets and adds delay."},
           media.ptime, WordForm{kPtimes});
  v.section({.name = "jitter_buffer",
             .help = "Evens out arrival times where audio is decoded; relayed audio is not "
                     "delayed."},
            media.jitter_buffer);
  v.option({.name = "rtp_timeout",
            .help = "A call from which no audio has come for this long is ended: its phone has "
                    "vanished."},
           media.rtp_timeout, DurationForm{.min = seconds(5), .max = hours(24), .zero = "never"});
  v.option(
      {.name = "rtp_timeout_hold", .help = "The same for a call on hold, where silence is usual."},
      media.rtp_timeout_hold, DurationForm{.min = seconds(5), .max = hours(24), .zero = "never"});
  v.option({.name = "rtcp_interval",
            .help = "How often each side is told what was received; quality in the call record "
                    "rests on it."},
           media.rtcp_interval, DurationForm{.min = seconds(1), .max = seconds(60)});
}

void describe_signals(Visitor& v, Media& media) {
  v.option({.name = "latching",
            .help = "Whether audio follows the address from which a phone's first packets come "
                    "(needed behind address translation); strict only if it is the host that "
                    "signals."},
           media.latching, WordForm{kLatchings});
  v.option({.name = "comfort_noise",
            .help = "Whether silence may be sent as comfort noise, which saves packets and can be "
                    "heard."},
           media.comfort_noise, FlagForm{});
  v.option({.name = "dtmf_inband_detection",
            .help = "Whether digits are listened for in the audio of phones that agreed on no "
                    "other way; costs decoding of those calls."},
           media.dtmf_inband_detection, FlagForm{});
  v.option({.name = "music_on_hold",
            .help = "What a held caller hears: music made by the exchange, or a WAV file.",
            .reload = Reload::kRestart},
           media.music_on_hold, PathForm{.keyword = "generated"});
  v.option({.name = "srtp",
            .help = "Whether audio is encrypted (SDES): optional takes it when a phone offers it, "
                    "required refuses calls without it."},
           media.srtp, srtp_form());
}

}  // namespace

void describe(Visitor& v, JitterBuffer& buffer) {
  v.option({.name = "min",
            .help = "The delay that audio which is decoded always has; less cuts words on a "
                    "network that jitters."},
           buffer.min, DurationForm{.min = Millis(0), .max = Millis(500)});
  v.option({.name = "max",
            .help = "The delay up to which the buffer adapts; packets that come later are lost."},
           buffer.max, DurationForm{.min = Millis(20), .max = seconds(2)});
  v.rule(buffer.min <= buffer.max, {"max", "min"}, "min may not exceed max");
}

void describe(Visitor& v, Media& media) {
  describe_engine(v, media);
  v.list({.name = "codecs",
          .help = "Which codecs may be used, the preferred one first; two phones with a codec in "
                  "common need no transcoding."},
         media.codecs, codec_form(), Count{1, 6});
  describe_timing(v, media);
  describe_signals(v, media);
  v.rule(media.jitter_buffer.max >= media.ptime, {"jitter_buffer", "ptime"},
         "jitter_buffer.max must hold at least one packet of ptime");
}

WordForm<CodecName> codec_form() { return WordForm{kCodecs}; }
WordForm<SrtpMode> srtp_form() { return WordForm{kSrtpModes}; }

}  // namespace pbx::config
