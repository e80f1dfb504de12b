// tests/support/audio_phone.h — a telephone of MediaRig that speaks and hears sound.
//
// Says a tone in its codec every 20 ms and decodes what it gets, losses concealed by nobody: what
// is missing is missing.

#pragma once

#include <memory>
#include <vector>

#include "media/codec.h"
#include "tests/support/audio_check.h"
#include "tests/support/media_rig.h"

namespace pbx::test {

class AudioPhone {
 public:
  AudioPhone(Phone& phone, double tone_hz) : phone_(phone), tone_hz_(tone_hz) {
    encoder_ = std::move(*media::make_encoder(*phone.params.send));
    decoder_ = std::move(*media::make_decoder(phone.params.receive.front()));
  }

  Phone& phone() { return phone_; }
  void say(MediaRig& rig) {
    const std::size_t length = encoder_->sample_hz() / 50;
    const auto frame = sine(tone_hz_, encoder_->sample_hz(), length, said_);
    said_ += length;
    std::vector<std::uint8_t> payload(2000);
    payload.resize(encoder_->encode(frame, payload));
    rig.say(phone_, payload, phone_.params.send->clock_hz / 50);
  }
  // What was heard since the last call.
  std::vector<std::int16_t> heard() {
    std::vector<std::int16_t> out;
    for (; next_ < phone_.got.size(); ++next_) {
      const Got& got = phone_.got[next_];
      if (got.header.payload_type != phone_.params.send->payload_type) continue;
      std::vector<std::int16_t> samples(media::kFrameSamplesMax);
      samples.resize(decoder_->decode(got.payload, samples));
      out.insert(out.end(), samples.begin(), samples.end());
    }
    return out;
  }
  std::uint32_t hz() const { return decoder_->sample_hz(); }

 private:
  Phone& phone_;
  double tone_hz_;
  std::unique_ptr<media::Encoder> encoder_;
  std::unique_ptr<media::Decoder> decoder_;
  std::size_t said_ = 0;
  std::size_t next_ = 0;
};

}  // namespace pbx::test
